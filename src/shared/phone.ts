import { createRequire } from 'node:module';
import type * as PhoneNumbers from 'libphonenumber-js/min';

// By require: the package's own import of its JSON table is one that newer module loaders warn about.
const { parsePhoneNumberFromString } = createRequire(import.meta.url)('libphonenumber-js/min') as typeof PhoneNumbers;

/** A phone number as digits only: country code first, no plus sign, 7 to 15 digits. The form in which numbers are kept, compared and answered. */
export type E164 = string & { readonly __brand: 'E164' };

const DIGITS = /^[1-9][0-9]{6,14}$/;

/**
 * Reads a caller's or dialled number as Plivo sends it. `+`, no `+`, `tel:` and spaces are the same number; SIP URIs, national forms,
 * letters, other scripts' digits and withheld numbers are strangers (null). Cheap: no number metadata is consulted.
 */
export function parseCaller(text: unknown): E164 | null {
  if (typeof text !== 'string' || text.length > 40) return null;
  const digits = text.trim().replace(/^tel:/i, '').replaceAll(' ', '').replace(/^\+/, '');
  return DIGITS.test(digits) ? (digits as E164) : null;
}

/**
 * Reads a number that a customer registers: E.164 with or without `+`, of an existing country calling code and of a length that this
 * country uses. Whether the number is assigned is not checked.
 */
export function parsePartyNumber(text: unknown): E164 | null {
  const digits = parseCaller(text);
  if (digits === null) return null;
  return parsePhoneNumberFromString(`+${digits}`)?.isPossible() ? digits : null;
}

/** Calling code (`1`, `44`) and, where the number tells, ISO 3166 country (`US`). */
export function describeNumber(number: E164): { callingCode: string; country: string } {
  const parsed = parsePhoneNumberFromString(`+${number}`);
  return { callingCode: parsed?.countryCallingCode ?? '', country: parsed?.country ?? '' };
}
