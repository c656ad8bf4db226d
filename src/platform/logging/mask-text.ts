import { isUuid } from '../ids.js';

export const HIDDEN = '[hidden]';

const MAX_TEXT = 8192;

const SCHEME = /basic|bearer/i;
const HIDDEN_WORD = /(?:token|secret|pin|password|authorization|recording_?url|key)[^=:]{0,24}[=:]/i;
const CREDENTIALS = /\b(Basic|Bearer) +[^\s"',;]+/gi;
const USER_INFO = /:\/\/[^\s/"']*@/g;
/** `name=value` in queries and forms, `"name":"value"` in JSON, also where that JSON stands escaped in a string. */
const NAMED_SECRET =
  /((?:token|secret|pin|password|authorization|recording_?url|key)\w{0,20}(?:\\*")?\s?[=:]\s?)(?:(\\*")[^"\\]*|[^\s"&,;\\}]+)/gi;

const UUID = String.raw`(?<![0-9a-f+])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-f])`;
const DATE = String.raw`(?<![\d+.(-])(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])`;
const TIME = String.raw`[T ][0-2]\d:[0-5]\d(?::[0-5]\d(?:[.,]\d{1,6})?)?(?:Z|[+-]\d\d:?\d\d)?(?!\d)`;
const ADDRESS = String.raw`(?<![\d+.(-])\d{1,3}(?:\.\d{1,3}){3}(?=:\d)`;
const BETWEEN = String.raw`(?:[^\S\n]|[-+()./\u2010-\u2015\u2212\u200b-\u200f\u202a-\u202e\u2060-\u2069]|%2[0-9a-f]){0,4}`;

/** Left as they are: UUIDs, dates with or without time, IP addresses with a port. Anything else with seven digits counts as a number. */
function digitRuns(digit: string, flags: string): RegExp {
  const kept = `(${UUID}|${DATE}(?:${TIME}|(?![-. /]?${digit}))|${ADDRESS})`;
  return new RegExp(String.raw`${kept}|(?:\+|%2B|\()?(?:%3)?${digit}(?:${BETWEEN}(?:%3)?${digit}){6,}`, flags);
}

const DIGIT_RUN = digitRuns('[0-9]', 'gi');
/** The digits of every script; three times slower, so only for text beyond ASCII. */
const ANY_DIGIT_RUN = digitRuns(String.raw`\p{Nd}`, 'giu');

export function maskText(text: string): string {
  if (text.length < 5 || (text.length === 36 && isUuid(text))) return text;
  // A number cut in two would pass as two short ones, so what may belong to one goes with the cut.
  const whole = text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT).replace(/[\p{Nd}\s+().%/-]{1,80}$/u, '')}…`;
  return maskDigits(maskCredentials(whole));
}

function maskCredentials(text: string): string {
  let masked = text;
  if (SCHEME.test(masked)) masked = masked.replace(CREDENTIALS, `$1 ${HIDDEN}`);
  if (masked.includes('://')) masked = masked.replace(USER_INFO, `://${HIDDEN}@`);
  if (HIDDEN_WORD.test(masked)) masked = masked.replace(NAMED_SECRET, `$1$2${HIDDEN}`);
  return masked;
}

/** As the log would mask numbers, but without leaving any digit of them: for what is kept. */
export function strikeNumbers(text: string): string {
  return replaceNumbers(text, (number) => number.replace(/\p{Nd}/gu, '#'));
}

/** Whatever runs of seven digits there are, in any script and spelling, as `show` has it. */
export function replaceNumbers(text: string, show: (number: string) => string): string {
  return text.replace(ANY_DIGIT_RUN, (match: string, kept: string | undefined) => kept ?? show(match));
}

function maskDigits(text: string): string {
  const { digits, isAscii } = surveyed(text);
  if (digits < 7) return text;
  return text.replace(isAscii ? DIGIT_RUN : ANY_DIGIT_RUN, (match: string, kept: string | undefined) => {
    if (kept !== undefined) return kept;
    const decoded = match.includes('%') ? match.replace(/%2[0-9a-f]|%3(?=[0-9])/gi, '') : match;
    const shown = decoded.replace(isAscii ? /[^0-9]+/g : /\P{Nd}+/gu, '');
    const plus = match.startsWith('+') || match.startsWith('%') ? '+' : '';
    return `${plus}${shown.slice(0, 2)}•••••${shown.slice(-2)}`;
  });
}

/** Most texts have too few digits for a number; counting them costs a tenth of the search. Beyond ASCII any character may be a digit. */
function surveyed(text: string): { digits: number; isAscii: boolean } {
  let digits = 0;
  let isAscii = true;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) isAscii = false;
    if (code > 0x7f || (code >= 0x30 && code <= 0x39)) digits += 1;
  }
  return { digits, isAscii };
}
