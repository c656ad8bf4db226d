import { withAsciiDigits } from './digits.js';
import { isInPlan } from './destination-table.js';
import { isSamePerson, personOf } from './identity.js';
import { callingCodeOf, describeNumber, parseCaller, parseNational, parsePartyNumber, type E164 } from './phone.js';

/** What a text that somebody pasted or typed as a phone number may mean. */
export interface PastedNumber {
  /** None where it cannot be read; several where it may be numbers of different people. */
  readings: readonly E164[];
  /** How it was read, or why it was not and what is expected: a clause that names no number. */
  words: string;
}

/** Longer than any number with all that people put around it. */
const LONGEST = 60;
const WANTED = '+, country code and number, such as +1 415 555 0123';

/** What stands before a number without being one: an apostrophe of a spreadsheet, quotation marks, the picture of a telephone, `tel:`, an encoded plus. */
const BEFORE = /^(?:[\s'"’‘“”«»]|\p{So}|\p{Mn}|tel:)+/iu;
const AFTER = /[\s'"’‘“”«».,]+$/u;
/** `(+44)`, `( 44 )` behind a plus, and a plus with blanks. */
const PLUS = /^(?:\(\s*\+|\+\s*\(?)\s*/;
const ONLY_NUMBER = /^\+?[0-9 ()./-]+$/;
/** `12/3` names two extensions or two numbers; behind an area code there are more digits. */
const ALTERNATIVE = /\/(?![^/]*\d[^/]*\d[^/]*\d[^/]*\d)/;
const TRUNK_IN_BRACKETS = /\(\s*0\s*\)/;

/**
 * Reads one number in the spellings in which people have it: any separators, `00`, `tel:`, `+44 (0)20`, digits of other scripts, and national spellings where one
 * country is known; the prefix for calls abroad of each. `countries` (ISO 3166): those in which a national spelling may be meant; with none or several it is not read. Never one person's
 * number for another's: digits without a plus that are a number here and abroad have both readings. Digits without a plus are read as beginning with the
 * country code only where a numbering plan lists such a number; behind a plus or `00` the length has to be possible.
 */
export function readPasted(text: string, countries: readonly string[]): PastedNumber {
  const plain = plainOf(text);
  if (typeof plain !== 'string') return plain;
  const digits = plain.replaceAll(/\D/g, '');
  if (plain.startsWith('+')) return found(abroad(plain), null, countries);
  const readings = national(digits, countries);
  return found(peopleOf([...whole(plain, digits), ...readings.filter(isBehindPrefix(digits))]), readings, countries);
}

/** The numbers that begin with their country code, or with `00` and it. */
function whole(plain: string, digits: string): E164[] {
  if (digits.startsWith('00')) return abroad(plain.replace(/0[^0]*0/, ''));
  return digits.startsWith('0') ? [] : abroad(plain).filter(isInPlan);
}

/** Whether what was dialled is a whole number behind a country's prefix for calls abroad, such as 011: it is then no national number, and means the same from wherever that is the prefix. */
function isBehindPrefix(digits: string): (number: E164) => boolean {
  return (number) => digits.length > number.length && digits.endsWith(number);
}

/** The digits of a text that may be the end of a number: nothing but digits and what stands between them. Null for any other text. */
export function digitsOf(text: string): string | null {
  const plain = plainOf(text);
  return typeof plain === 'string' && !plain.startsWith('+') ? plain.replaceAll(/\D/g, '') : null;
}

/** A plus where there is one, ASCII digits and separators. */
function plainOf(text: string): string | PastedNumber {
  // Small raised digits are footnotes, and others of the kind (½, ①) no digits of a number.
  if (text.length > LONGEST * 2 || /\p{No}/u.test(text)) return unreadable(`no single number: expected ${WANTED}`);
  const plain = withAsciiDigits(text.normalize('NFKC').replaceAll(/\p{Cf}/gu, ''))
    .replace(BEFORE, '')
    .replace(/^%2B/i, '+')
    .replace(AFTER, '')
    .replaceAll(/[\p{Zs}\t]/gu, ' ')
    .replaceAll(/[\p{Pd}\u2212]/gu, '-')
    .replaceAll(/[·•․∙‧・]/g, '.')
    .replace(PLUS, '+');
  if (/\p{L}/u.test(plain))
    return unreadable(`no number, for letters are no digits and an extension is no part of one: expected ${WANTED}`);
  if (plain.length > LONGEST || !ONLY_NUMBER.test(plain) || ALTERNATIVE.test(plain))
    return unreadable(`no single number: expected ${WANTED}`);
  return plain;
}

/**
 * The numbers that begin with their country code. A 0 in brackets is mostly to be left out, and in Italy part of the number: whichever a numbering plan
 * lists, both where it lists both or neither.
 */
function abroad(plain: string): E164[] {
  const spellings = [plain.replace(TRUNK_IN_BRACKETS, ''), plain].map((spelling) => spelling.replaceAll(/\D/g, ''));
  const numbers = peopleOf(spellings.flatMap((digits) => international(digits) ?? []));
  const listed = numbers.filter(isInPlan);
  return listed.length === 0 ? numbers : listed;
}

/** With a 0 left in behind the country code it is the number without. */
function international(digits: string): E164 | null {
  const number = parseCaller(digits);
  if (number === null) return null;
  return parsePartyNumber(number) ?? parsePartyNumber(personOf(number));
}

/** In each country where a plan lists it. */
function national(digits: string, countries: readonly string[]): E164[] {
  return peopleOf(countries.flatMap((country) => parseNational(digits, country) ?? []).filter(isInPlan));
}

/** `asNational`: null where it can be no national spelling. Those of several countries only make another reading doubtful. */
function found(asAbroad: E164[], asNational: E164[] | null, countries: readonly string[]): PastedNumber {
  const [country, ...others] = countries;
  const isCountryKnown = country !== undefined && others.length === 0;
  const rivals = (asNational ?? []).filter((number) => !asAbroad.some((other) => isSamePerson(other, number)));
  const isRead = asAbroad.length > 0 || (isCountryKnown && rivals.length > 0);
  if (!isRead) {
    if (asNational === null) return unreadable(`a number of no country: expected ${WANTED}`);
    return unreadable(
      isCountryKnown
        ? `no number that begins with its country code, and none of ${country}: expected ${WANTED}`
        : `no number that begins with its country code, and the country of a national one is not known: expected ${WANTED}, or an account with default_country`,
    );
  }
  const all = [
    ...asAbroad.map((number) => `a number of ${placeOf(number)}`),
    ...rivals.map((number) => `a national number of ${placeOf(number)}`),
  ];
  return {
    readings: [...asAbroad, ...rivals],
    words: all.length === 1 ? `${all[0]}` : `may be ${all.join(' or ')}`,
  };
}

function unreadable(words: string): PastedNumber {
  return { readings: [], words };
}

function placeOf(number: E164): string {
  return describeNumber(number).country || `the country code ${callingCodeOf(number)}`;
}

/** One number for each person. */
function peopleOf(numbers: E164[]): E164[] {
  return numbers.filter((number, place) => !numbers.slice(0, place).some((other) => isSamePerson(other, number)));
}
