import { asciiDigit } from './digits.js';
import { callingCodeOf, describeNumber, isNumberOf, parsePartyNumber, type E164 } from './phone.js';

export const CONTACT_KINDS = ['numbers', 'mails', 'links'] as const;
export type ContactKind = (typeof CONTACT_KINDS)[number];

/** Stands for what was taken out. */
export const HIDDEN = '***';

/** Who writes to whom: their numbers are hidden in any spelling, and national numbers are read as in their countries. */
export interface Between {
  people: readonly E164[];
  /** Over which they write: it is left. */
  virtualNumber: E164 | null;
}

/** As keyboards of East Asia write them too; whoever reads it types the others. */
const [AT, DOT] = ['[@＠﹫]', '[.．。｡]'];

const MAIL = new RegExp(
  String.raw`[\p{L}\p{N}._%+-]{1,64}${AT}[\p{L}\p{N}-]{1,63}(?:${DOT}[\p{L}\p{N}-]{1,63}){1,6}`,
  'gu',
);
const NUMBER_LINK =
  /\b(?:tel|sms|smsto|whatsapp|callto):[^\s]{1,200}|\b(?:https?:\/\/)?(?:wa\.me|api\.whatsapp\.com|t\.me)\/[^\s]{1,200}/giu;
/** What has a scheme, `www`, or an ending that is no word in front of it. */
const LINK = new RegExp(
  String.raw`\b(?:https?|ftp):\/\/[^\s]{1,500}|\bwww${DOT}[^\s]{1,500}|\b(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?${DOT}){1,5}(?:com|net|org|io|me|co|info|biz|app|link|ly|gg|to|dev|shop|site|online|eu|de|fr|es|it|uk|us|ca|in|br|mx)\b(?:[/?#][^\s]{0,500})?`,
  'giu',
);

/** Stands in the second place of a digit that takes two; no text has this character. */
const SECOND = '\uFDD0';
const DIGIT = String.raw`\d\uFDD0?`;

/** Not across the end of a line: what stands there mostly begins anew. The last two make a key of a digit. */
const BETWEEN = String.raw`[ \t\u00A0\u2000-\u200B\u202F().\/\-\u2010-\u2015·\uFE0F\u20E3]{0,3}`;
const RUN = new RegExp(String.raw`(?<![\p{L}\p{N}_])[+(]{0,2}${DIGIT}(?:${BETWEEN}${DIGIT})*(?![\p{L}_])`, 'gu');
const DATE = /(?<![\d./-])(?:\d{4}([-./])\d{1,2}\1\d{1,2}|\d{1,2}([-./])\d{1,2}\2(?:\d{4}|\d{2}))(?![\d]|[./-]\d)/g;
const MONEY =
  /(?:[$€£¥₹]|\b(?:EUR|USD|GBP|INR|CHF|CAD|AUD)) ?\d[\d.,' ]{0,12}\d|\d[\d.,' ]{0,12} ?(?:[$€£¥₹%]|(?:EUR|USD|GBP|INR|CHF|CAD|AUD)\b)/g;
const OCTET = String.raw`(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)`;
/** Addresses of servers, and figures with many places. None begins with a zero, as numbers do within many countries (0.170.123.45 67), nor stands among other digits. */
const FIGURE = new RegExp(
  String.raw`(?<![\d.+][-/ ()\u00A0]{0,3})(?=[1-9])(?:(?:${OCTET}\.){3}${OCTET}|\d\.\d{4,8})(?![-/ ()\u00A0]{0,3}\d|\.)`,
  'g',
);
/** More are no price. */
const MOST_OF_MONEY = 9;

/** Takes out of a text what would let two people reach each other without the number between them. What is left is left to the last character. */
export function withoutContacts(text: string, kinds: readonly ContactKind[], between: Between): string {
  let shown = text;
  if (kinds.includes('mails')) shown = shown.replaceAll(MAIL, HIDDEN);
  if (kinds.includes('numbers')) shown = withoutNumbers(shown.replaceAll(NUMBER_LINK, HIDDEN), between);
  return kinds.includes('links') ? shown.replaceAll(LINK, HIDDEN) : shown;
}

function withoutNumbers(text: string, between: Between): string {
  const own = spansOfPeople(folded(text), between.people);
  const shown = cut(text, own);
  const digits = folded(shown);
  const left = [DATE, FIGURE].flatMap((pattern) => spansOf(digits, pattern));
  const money = spansOf(digits, MONEY).filter(([from, to]) => countDigits(digits.slice(from, to)) <= MOST_OF_MONEY);
  // What is left alone parts the digits around it.
  const parted = blanked(digits, [...left, ...money]);
  const codes = new Set(between.people.map(callingCodeOf));
  const countries = [...new Set(between.people.map((one) => describeNumber(one).country))].filter((one) => one !== '');
  let looks = MOST_LOOKS;
  // Whoever writes digits without end is not worth the time: from there on everything that is long enough is taken for a number.
  const isNumber = (candidate: string): boolean =>
    !isSpelling(candidate, between.virtualNumber) && (--looks < 0 || isSomebodys(candidate, countries, codes));
  return cut(
    shown,
    spansOf(parted, RUN).flatMap(([from, to]) => numbersIn(parted, from, to, isNumber)),
  );
}

/** Of a number, with what is dialled in front of it. */
const [FEWEST_DIGITS, MOST_DIGITS] = [7, 18];

/** Each takes some 20 us. */
const MOST_LOOKS = 1000;

type Span = readonly [from: number, to: number];

/** Every digit as one of ASCII, also raised ones and those in circles; nothing moves, for the spans are of what was written. */
function folded(text: string): string {
  return text.replaceAll(/(?![0-9])[\p{Nd}\p{No}＋]/gu, (character) => {
    const plain = /\p{Nd}/u.test(character) ? asciiDigit(character) : character.normalize('NFKC');
    return /^[\d+]$/.test(plain) ? plain + SECOND.repeat(character.length - 1) : character;
  });
}

/** Digits with up to three characters between two of them that are neither letters nor digits. */
const LOOSE = new RegExp(String.raw`${DIGIT}(?:[^\p{L}\p{N}]{0,3}${DIGIT})*`, 'gu');

/** The people's own numbers, whatever stands in front of them and between their digits. */
function spansOfPeople(digits: string, people: readonly E164[]): Span[] {
  const runs = spansOf(digits, LOOSE).map(([from, to]) => {
    const at = [...digits.slice(from, to).matchAll(/\d/g)].map(({ index }) => from + index);
    return { at, said: at.map((place) => digits[place] ?? '').join('') };
  });
  return people.flatMap((one) => {
    const code = callingCodeOf(one);
    const national = one.slice(code.length);
    const front = new RegExp(`(?:(?:00|011)?${code}0?|0)$`);
    return runs.flatMap(({ at, said }): Span[] => {
      const begins = said.indexOf(national);
      if (begins === -1) return [];
      const ahead = front.exec(said.slice(0, begins))?.[0].length ?? 0;
      const from = at[begins - ahead] ?? 0;
      const signs = /[+(]{1,2}$/.exec(digits.slice(Math.max(0, from - 2), from))?.[0].length ?? 0;
      const last = at[begins + national.length - 1] ?? 0;
      return [[from - signs, last + (digits[last + 1] === SECOND ? 2 : 1)]];
    });
  });
}

/** Of a run of digits the longest stretches that are a number; what stands before or behind them may be anything. */
function numbersIn(text: string, from: number, to: number, isNumber: (candidate: string) => boolean): Span[] {
  const groups = spansOf(text.slice(from, to), /[\d\uFDD0]+/g).map(([start, end]): Span => [from + start, from + end]);
  const found: Span[] = [];
  let free = from;
  for (const [place, [start]] of groups.entries()) {
    if (start < free) continue;
    const front = /[+(]{1,2}$/.exec(text.slice(Math.max(from, start - 2), start))?.[0] ?? '';
    const ends = groups.slice(place, place + MOST_DIGITS).map(([, end]) => end);
    const end = ends.findLast((one) => isStretch(text.slice(start, one), front, isNumber));
    if (end === undefined) continue;
    found.push([start - front.length, end]);
    free = end;
  }
  return found;
}

function isStretch(stretch: string, front: string, isNumber: (candidate: string) => boolean): boolean {
  const digits = stretch.replaceAll(/\D/g, '');
  if (digits.length < FEWEST_DIGITS || digits.length > MOST_DIGITS) return false;
  return isNumber(`${front.includes('+') ? '+' : ''}${digits}`);
}

/** Whether digits, with plus or without, are a number of anybody. Of national ones only those that a plan knows: many lengths are possible. */
function isSomebodys(candidate: string, countries: readonly string[], codes: ReadonlySet<string>): boolean {
  const digits = candidate.replace(/^(?:\+|00|011)/, '');
  if (digits.length < 7 || digits.length > 15) return false;
  if (digits !== candidate && parsePartyNumber(digits) !== null) return true;
  if (countries.some((country) => isNumberOf(candidate, country))) return true;
  const code = callingCodeOf(digits as E164);
  return codes.has(code) && digits.length > 9 && isNumberOf(`+${digits}`, 'US');
}

function isSpelling(candidate: string, number: E164 | null): boolean {
  const digits = candidate.replace(/^(?:\+|00|011|0)/, '');
  return number !== null && digits.length >= 7 && number.endsWith(digits);
}

function spansOf(text: string, pattern: RegExp): Span[] {
  return [...text.matchAll(pattern)].map((match): Span => [match.index, match.index + match[0].length]);
}

function countDigits(text: string): number {
  return text.replaceAll(/\D/g, '').length;
}

function blanked(text: string, spans: readonly Span[]): string {
  let left = text;
  for (const [from, to] of spans) left = left.slice(0, from) + '\n'.repeat(to - from) + left.slice(to);
  return left;
}

function cut(text: string, spans: readonly Span[]): string {
  let [shown, at] = ['', 0];
  for (const [from, to] of [...spans].sort((one, other) => one[0] - other[0])) {
    if (from < at) continue;
    shown += text.slice(at, from) + HIDDEN;
    at = to;
  }
  return shown + text.slice(at);
}
