import { createRequire } from 'node:module';
import type { CountryCode } from 'libphonenumber-js/min';
import type * as PhoneNumbers from 'libphonenumber-js/min';

// By require: the package's own import of its JSON table is one that newer module loaders warn about.
const { getCountries, getCountryCallingCode, Metadata, parsePhoneNumberFromString } = createRequire(import.meta.url)(
  'libphonenumber-js/min',
) as typeof PhoneNumbers;

/** A phone number as digits only: country code first, no plus sign, 7 to 15 digits. The form in which numbers are kept, compared and answered. */
export type E164 = string & { readonly __brand: 'E164' };

const DIGITS = /^[1-9][0-9]{6,14}$/;

/**
 * What networks put in place of a number that is not shown: a word, spelt on a telephone's keys, or a filler. None of them is a number of its country's plan,
 * and somebody who called with one can never be called back.
 */
const NOT_SHOWN: ReadonlySet<string> = new Set([
  ...[
    'anonymous',
    'anonymo',
    'blocked',
    'noname',
    'nonumber',
    'notavailable',
    'outofarea',
    'payphone',
    'private',
    'restricted',
    'unavailable',
    'unknown',
    'withheld',
  ].map(onKeys),
  // As some providers spell UNKNOWN.
  '8566696',
]);

/** The digits of a telephone's keys for a word. */
function onKeys(word: string): string {
  return [...word].map((letter) => '22233344455566677778889999'['abcdefghijklmnopqrstuvwxyz'.indexOf(letter)]).join('');
}

/**
 * Reads a caller's or dialled number as Plivo sends it. `+`, no `+`, `tel:` and spaces are the same number; SIP URIs, national forms,
 * letters, other scripts' digits and withheld numbers are strangers (null). Cheap: no number metadata is consulted.
 */
export function parseCaller(text: unknown): E164 | null {
  if (typeof text !== 'string' || text.length > 40) return null;
  const digits = text.trim().replace(/^tel:/i, '').replaceAll(' ', '').replace(/^\+/, '');
  return DIGITS.test(digits) && !isFiller(digits) ? (digits as E164) : null;
}

/**
 * Reads a caller that is shown as in the country of the number that it dialled: `00` and an international number, or `0` and a national one. Null for
 * every other form, and for what its country's plan does not know. A national form without a `0` in front cannot be told from an international
 * number.
 */
export function parseNationalCaller(text: string, dialled: E164): E164 | null {
  const digits = text.trim().replaceAll(/[ ().-]/g, '');
  if (!/^0\d{5,18}$/.test(digits)) return null;
  if (digits.startsWith('00')) return parsePartyNumber(digits.slice(2));
  const number = parsePhoneNumberFromString(digits, { defaultCallingCode: callingCodeOf(dialled) });
  return number?.isValid() ? parseCaller(number.number) : null;
}

/**
 * What digits mean that are dialled in a country (ISO 3166): a national number, with or without its trunk prefix, or one behind that country's own prefix for
 * calls abroad. Whether there is such a number is not looked at.
 */
export function parseNational(digits: string, country: string): E164 | null {
  const number = parsePhoneNumberFromString(digits, { defaultCountry: country as CountryCode, extract: false });
  return number ? parseCaller(number.number) : null;
}

/**
 * Whether what stands in place of a caller's number means that none is shown: nothing, a word such as `anonymous`, also as a SIP user, or a filler. Anything
 * else that `parseCaller` does not read is shown, but is no international number.
 */
export function isWithheld(text: string): boolean {
  const user = text
    .trim()
    .replace(/^(?:sips?|tel):/i, '')
    .replace(/@.*$/s, '')
    .replace(/[\s_+-]/g, '')
    .toLowerCase();
  if (user === '') return true;
  return /^\d+$/.test(user) ? isFiller(user) : /^[a-z]{1,20}$/.test(user) && NOT_SHOWN.has(onKeys(user));
}

/** Nothing but ones or nines, a one and zeros, and the words above, also behind a 1 as if North American. Other repeated digits may be somebody's number. */
function isFiller(digits: string): boolean {
  return NOT_SHOWN.has(digits) || NOT_SHOWN.has(digits.replace(/^1/, '')) || /^(?:1+|9+|10+)$/.test(digits);
}

/**
 * Reads a number that a customer registers: E.164 with or without `+`, of an existing country calling code and of a length that a country
 * of this code uses. Whether the number is assigned is not checked.
 */
export function parsePartyNumber(text: unknown): E164 | null {
  const digits = parseCaller(text);
  if (digits === null) return null;
  const callingCode = callingCodeOf(digits);
  return possibleLengths.get(callingCode)?.has(digits.length - callingCode.length) ? digits : null;
}

/** `1`, `44`, `971`; empty for a code that no country has. No calling code begins with another one. */
export function callingCodeOf(number: E164): string {
  for (const length of [1, 2, 3]) {
    const code = number.slice(0, length);
    if (possibleLengths.has(code)) return code;
  }
  return '';
}

/** Calling code and, where the number tells, ISO 3166 country (`US`). Parses the whole number: for rare use. */
export function describeNumber(number: E164): { callingCode: string; country: string } {
  return { callingCode: callingCodeOf(number), country: parsePhoneNumberFromString(`+${number}`)?.country ?? '' };
}

/** National lengths by calling code, of all countries that share it. Three parses of a number took 5 % of a create; this takes none. */
const possibleLengths = readPossibleLengths();

function readPossibleLengths(): ReadonlyMap<string, ReadonlySet<number>> {
  const metadata = new Metadata();
  const byCode = new Map<string, Set<number>>();
  for (const country of getCountries()) {
    const code = getCountryCallingCode(country);
    metadata.selectNumberingPlan(country);
    const lengths = byCode.get(code) ?? new Set();
    for (const length of metadata.numberingPlan?.possibleLengths() ?? []) lengths.add(length);
    byCode.set(code, lengths);
  }
  // Mobiles of Mexico with the 1 that they had in front until 2019: Plivo and old contacts still put it.
  byCode.get('52')?.add(11);
  return byCode;
}

/** Whether text is a number that the plan of a country knows, as it is dialled there or with a plus. */
export function isNumberOf(text: string, country: string): boolean {
  return (
    parsePhoneNumberFromString(text, { defaultCountry: country as CountryCode, extract: false })?.isValid() === true
  );
}
