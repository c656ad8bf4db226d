import type { SettingsReader } from './config-reader.js';
import { settings } from './config-table.js';

/** What is done where nothing documents how Plivo behaves. */
export function readPlivo(reader: SettingsReader) {
  return {
    ringTone: reader.choice('RING_TONE', settings.RING_TONE.default),
    calleeSound: reader.choice('CALLEE_SOUND', settings.CALLEE_SOUND.default),
    urlFragments: reader.choice('URL_FRAGMENTS', settings.URL_FRAGMENTS.default),
    unsignedCalleeSound: reader.choice('UNSIGNED_CALLEE_SOUND', settings.UNSIGNED_CALLEE_SOUND.default),
    countryRules: reader.choice('COUNTRY_RULES', settings.COUNTRY_RULES.default),
    nationalCallers: reader.choice('NATIONAL_CALLERS', settings.NATIONAL_CALLERS.default),
  };
}
