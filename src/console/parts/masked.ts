import {
  getCountries,
  getCountryCallingCode,
  parsePhoneNumberFromString,
  type CountryCode,
} from 'libphonenumber-js/min';
import { LANGUAGE } from '../../design/texts/language.ts';

const NAMES = new Intl.DisplayNames([LANGUAGE], { type: 'region' });
/** Several countries share a calling code; of a masked number only those with most people are named. */
const SHARED: Readonly<Record<string, readonly CountryCode[]>> = {
  1: ['US', 'CA'],
  7: ['RU', 'KZ'],
  44: ['GB'],
  47: ['NO'],
  61: ['AU'],
  39: ['IT'],
  212: ['MA'],
  262: ['RE'],
  290: ['SH'],
  358: ['FI'],
  590: ['GP'],
  599: ['CW'],
};

let byCode: ReadonlyMap<string, readonly CountryCode[]> | null = null;

function countriesByCode(): ReadonlyMap<string, readonly CountryCode[]> {
  if (byCode !== null) return byCode;
  const found = new Map<string, readonly CountryCode[]>();
  for (const country of getCountries()) {
    const code = String(getCountryCallingCode(country));
    if (!found.has(code)) found.set(code, SHARED[code] ?? [country]);
  }
  return (byCode = found);
}

/** The calling code with which a number begins: at most three digits, and none is the beginning of another. */
function callingCodeOf(digits: string): string | null {
  return [1, 2, 3].map((length) => digits.slice(0, length)).find((code) => countriesByCode().has(code)) ?? null;
}

/** Of a masked number as many as its calling code leaves; of a whole one the one. */
export function countriesOf(number: string): readonly { code: string; name: string }[] {
  const whole = number.includes('•') ? undefined : parsePhoneNumberFromString(number)?.country;
  const code = callingCodeOf(number.replace(/^\+/, '').split('•', 1)[0] ?? '');
  const countries = whole === undefined ? (code === null ? [] : (countriesByCode().get(code) ?? [])) : [whole];
  return countries.map((country) => ({ code: country, name: NAMES.of(country) ?? country }));
}

/** `+1415•••0123` as `+1 415 ••• 0123`: what stands before the dots is the calling code and the beginning of what follows it. */
export function groupedMasked(number: string): string {
  const [head = '', tail = ''] = number.split('•••');
  const digits = head.replace(/^\+/, '');
  const code = callingCodeOf(digits) ?? digits;
  return [`+${code}`, digits.slice(code.length), '•••', tail].filter((part) => part !== '').join(' ');
}
