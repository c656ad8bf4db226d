import type { Config } from '../../platform/settings/config.js';
import type { Cadence } from './ring-tone.js';

/** What our URLs for Plivo depend on. */
export type WebhookTerms = Pick<Config, 'http' | 'plivo'>;

/** Plivo repeats these webhooks on any failure, five times, within 55 s. */
const REPEAT_POLICY = '#ct=2000&rt=5000&rc=5&rp=all&tt=55000';
/** Nobody is dialled before the caller's music is there or given up. */
export const SOUND_POLICY = '#ct=1000&rt=2000&rc=1&rp=all&tt=5000';

/** A URL below `/plivo/` that Plivo is given, with how often it is to be repeated, unless `URL_FRAGMENTS` leaves that to Plivo's own defaults. */
export function webhookUrl({ http, plivo }: WebhookTerms, path: string, repeats = REPEAT_POLICY): string {
  return `${http.publicUrl}/plivo/${path}${plivo.urlFragments === 'on' ? repeats : ''}`;
}

/** Where Plivo fetches the sound of a ring tone: for everybody, the same for every call. */
export function ringToneUrl({ http }: Pick<Config, 'http'>, cadence: Cadence): string {
  return `${http.publicUrl}/ring-tones/${cadence}.wav`;
}
