import { withoutTrunk } from './destination-table.js';
import { callingCodeOf, type E164 } from './phone.js';
import { SPELLING_RULES } from './spelling-rules.js';

/**
 * Who answers a number: digits that are the same for every spelling in which networks and people write one phone, and for no other phone. For
 * comparing and looking up only. What is shown and dialled is the spelling that somebody gave.
 */
export type Person = string & { readonly __brand: 'Person' };

/** Raised with every change of the rules: what is stored is then made to follow them (`sessions/reindex-parties.ts`). Stored; 0 was none. */
export const IDENTITY_VERSION = 1;

const SPELLINGS = new Map(
  Object.entries(SPELLING_RULES).map(([code, rules]) => [code, rules.flatMap(({ spellings }) => spellings)]),
);

/** Which calling code writes others' numbers, what those begin with, and the calling code of that. */
const WRITTEN_UNDER = Object.entries(SPELLING_RULES).flatMap(([code, rules]) =>
  rules.flatMap(({ spellings }) =>
    spellings.map(([, person]) => {
      const begins = person.replace(/\$.*$/, '');
      return { code, begins, own: callingCodeOf(begins as E164) };
    }),
  ),
);

/** The longest chain: a renumbering, a second country code, and one to spare. */
const MOST_STEPS = 3;

/** Any digits will do: what no rule knows is its own person. 0.3 to 2 us. */
export function personOf(number: E164): Person {
  let digits: string = withoutTrunk(number, isSpelling) ?? number;
  for (let step = 0; step < MOST_STEPS; step++) {
    const next = rewritten(digits);
    if (next === digits) break;
    digits = next;
  }
  return digits as Person;
}

/** Whether both are one phone. */
export function isSamePerson(one: E164, other: E164): boolean {
  return one === other || personOf(one) === personOf(other);
}

/** Every rule keeps so many digits at the end. */
export const KEPT_AT_END = 6;

/**
 * Calling codes under which other spellings of this person may be written, and end in the same `KEPT_AT_END` digits; mostly none. For looking spellings
 * up where `personOf` is not stored: what is found is then compared. Without trunk prefixes, which need no rule. 1 to 3 us.
 */
export function spellingCodesOf(person: Person): ReadonlySet<string> {
  const codes = new Set<string>();
  for (let step = 0, known = -1; step < MOST_STEPS && codes.size > known; step++) {
    known = codes.size;
    for (const { code, begins, own } of WRITTEN_UNDER) if (codes.has(own) || person.startsWith(begins)) codes.add(code);
  }
  return codes;
}

function isSpelling(digits: string): boolean {
  return rewritten(digits) !== digits;
}

function rewritten(digits: string): string {
  // +997 is of no country that the table of calling codes knows.
  const spellings = SPELLINGS.get(callingCodeOf(digits as E164) || digits.slice(0, 3));
  if (spellings === undefined) return digits;
  for (const [spelling, person] of spellings) {
    if (spelling.test(digits)) return digits.replace(spelling, person);
  }
  return digits;
}
