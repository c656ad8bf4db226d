import type { E164 } from '../telephony/phone.js';
import { parseUrl } from '../platform/parse-url.js';

/*
 * Everything that enters an XML document passes one of these. The builder turns each `&quot;` of a finished document back into a
 * quote, so a quote in a value would open a new attribute: no value that leaves here contains one. What is refused is a programming
 * error. Messages never repeat the value: it may be somebody's phone number.
 */

const DIGITS = /^[1-9][0-9]{6,14}$/;
const SAFE_URL = /^[!#-;=?-~]+$/;
const LANGUAGE = /^[a-z]{2,3}(-([A-Z]{2}|[0-9]{3}))?$/;
const MAX_URL_LENGTH = 4096;
const MAX_SPEECH_LENGTH = 3000;

/** `+` and the digits. */
export function dialable(number: E164): string {
  if (typeof number !== 'string' || !DIGITS.test(number)) throw new Error('XML: expected a number of 7 to 15 digits');
  return `+${number}`;
}

/** An absolute http or https URL in its normal form; a fragment stays, it carries Plivo's retry options. */
export function webUrl(text: string): string {
  const url = parseUrl(text);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new Error('XML: expected an absolute http or https URL');
  }
  if (url.href.length > MAX_URL_LENGTH) throw new Error(`XML: expected a URL of at most ${MAX_URL_LENGTH} characters`);
  if (!SAFE_URL.test(url.href)) throw new Error('XML: a normalised URL still holds a forbidden character');
  return url.href;
}

export function integerIn(value: number, least: number, most: number): number {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new Error(`XML: expected an integer of ${least} to ${most}`);
  }
  return value;
}

/** One line to be spoken: quotes, control characters and broken surrogates become spaces. */
export function speech(text: string): string {
  const spoken = text
    .replaceAll(/[\p{Cc}\p{Cs}\uFFFE\uFFFF"]/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
  if (spoken === '' || spoken.length > MAX_SPEECH_LENGTH) {
    throw new Error(`XML: expected 1 to ${MAX_SPEECH_LENGTH} characters to speak`);
  }
  return spoken;
}

/** A language tag such as `en-US` or `arb`. */
export function language(tag: string): string {
  if (!LANGUAGE.test(tag)) throw new Error('XML: expected a language tag such as en-US');
  return tag;
}

export function oneOf<T extends string>(value: T, allowed: readonly T[]): T {
  if (!allowed.includes(value)) throw new Error(`XML: expected one of ${allowed.join(', ')}`);
  return value;
}
