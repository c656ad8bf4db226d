import type { PlivoApplication, PlivoNumber } from '../plivo/index.js';
import { describeNumber } from '../telephony/phone.js';
import { textLeadOf } from './lead.js';

/** Whether texts can be passed on over a number, in the words of the admin API. The first two are lent to sessions that want it. */
export const TEXTING = [
  'yes',
  /** Carriers of the USA and Canada filter and surcharge what an unregistered number sends; Plivo does not refuse it. */
  'unregistered',
  /** It takes texts, and its application brings them somewhere else, or nowhere. */
  'elsewhere',
  'no',
] as const;

export type Texting = (typeof TEXTING)[number];

/** As SQL, of `virtual_number n`. */
export const TAKES_TEXTS = "n.texts IN ('yes', 'unregistered')";

export function takesTexts(texts: Texting | null): boolean {
  return texts === 'yes' || texts === 'unregistered';
}

/** `bases`: where this service takes the number's webhooks, without slash at the end. */
export function textingOf(
  number: PlivoNumber,
  application: PlivoApplication | undefined,
  bases: readonly string[],
): Texting {
  if (!number.hasSms) return 'no';
  if (textLeadOf(application, bases) !== 'here') return 'elsewhere';
  return number.registration === 'registered' || !needsRegistration(number) ? 'yes' : 'unregistered';
}

/** Local numbers of the USA need a campaign, toll-free ones of North America a verification. */
function needsRegistration({ number, type }: PlivoNumber): boolean {
  const { callingCode, country } = describeNumber(number);
  return type === 'tollfree' ? callingCode === '1' : country === 'US' && type === 'local';
}
