import { isRate } from '../calls/billing.js';
import { isTimeZoneOffset } from '../calls/console-time.js';
import {
  DEFAULT_SETTINGS,
  FRAGMENT_HABITS,
  MEDIA_NUMBERINGS,
  REPORT_HABITS,
  SOUND_SIGNATURES,
  TEXT_SIGNATURES,
  type Settings,
} from '../rules/settings.js';
import { Fields } from './control-fields.js';

const ACTION_CHOICES = ['redirect-false', 'never', 'always'] as const;
const LONGEST_SECONDS = 86_400;

/** The body of `PUT settings`; what it does not name is null and stays as it is. */
export function readSettings(body: unknown): { [Name in keyof Settings]: Settings[Name] | null } {
  const fields = new Fields(body, Object.keys(DEFAULT_SETTINGS));
  return {
    inbound_rate: fields.text('inbound_rate', isRate),
    outbound_rate: fields.text('outbound_rate', isRate),
    time_zone_offset: fields.text('time_zone_offset', isTimeZoneOffset),
    action_after_caller_hangup: fields.choice('action_after_caller_hangup', ACTION_CHOICES),
    dial_hangup_callback: fields.flag('dial_hangup_callback'),
    speech_seconds: fields.number('speech_seconds', 0, 3600),
    cdr_delay_seconds: fields.number('cdr_delay_seconds', 0, LONGEST_SECONDS),
    plus_in_numbers: fields.flag('plus_in_numbers'),
    confirm_sound_fetch: fields.choice('confirm_sound_fetch', ['before', 'after']),
    dial_ring_back: fields.flag('dial_ring_back'),
    confirm_without_key: fields.choice('confirm_without_key', ['connects', 'fails']),
    url_fragments: fields.choice('url_fragments', FRAGMENT_HABITS),
    sound_signature: fields.choice('sound_signature', SOUND_SIGNATURES),
    caller_form: fields.choice('caller_form', ['international', 'national']),
    anchored_prefixes: fields.texts('anchored_prefixes', (text) => /^\d{1,3}$/.test(text)),
    recordings: fields.choice('recordings', ['on', 'twice', 'off']),
    recording_delay_seconds: fields.number('recording_delay_seconds', 0, LONGEST_SECONDS),
    record_answers_caller: fields.flag('record_answers_caller'),
    media_url: fields.text('media_url', (text) => /^https?:\/\/[^/]/.test(text)),
    request_uuid_differs: fields.flag('request_uuid_differs'),
    main_reaches_subaccounts: fields.flag('main_reaches_subaccounts'),
    barred_prefixes: fields.texts('barred_prefixes', (text) => /^\d{1,15}$/.test(text)),
    text_inbound_rate: fields.text('text_inbound_rate', isRate),
    text_outbound_rate: fields.text('text_outbound_rate', isRate),
    text_carrier_rate: fields.text('text_carrier_rate', isRate),
    text_reports: fields.choice('text_reports', REPORT_HABITS),
    text_report_sequence: fields.flag('text_report_sequence'),
    text_signature: fields.choice('text_signature', TEXT_SIGNATURES),
    text_list_delay_seconds: fields.number('text_list_delay_seconds', 0, LONGEST_SECONDS),
    text_opt_outs: fields.choice('text_opt_outs', ['on', 'off']),
    mms_inbound_rate: fields.text('mms_inbound_rate', isRate),
    mms_outbound_rate: fields.text('mms_outbound_rate', isRate),
    media_numbering: fields.choice('media_numbering', MEDIA_NUMBERINGS),
    media_delete: fields.choice('media_delete', ['on', 'refused']),
    text_opt_out_grace: fields.flag('text_opt_out_grace'),
    text_unregistered: fields.choice('text_unregistered', ['carried', 'refused']),
  };
}
