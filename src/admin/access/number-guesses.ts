import { Injectable } from '@nestjs/common';
import { Clock, DAY_MS } from '../../platform/clock.js';
import { isUuid } from '../../platform/ids.js';
import { withAsciiDigits } from '../../telephony/digits.js';
import { digitsOf } from '../../telephony/read-pasted.js';

/** What masked numbers show at their end. */
const SHOWN = 4;
/** An ending that is longer tells more than is shown; what is longer than this may be a number. */
const LONGEST_ENDING = 6;
/** So many numbers that end alike one person has who mistypes, or looks for who of a family called. To find three hidden digits takes five hundred. */
const MOST_ALIKE = 10;
/** Members of a query that may be the number of a person. */
const MAY_BE_NUMBERS = ['q', 'party', 'dialled', 'caller'];

interface Tries {
  since: number;
  /** Digits that were asked for, by their ending. */
  alike: Map<string, Set<string>>;
}

/**
 * Who sees numbers masked may look for the one that somebody has told them, and find out by trying none that nobody has: of numbers that end alike ten a
 * day are looked for, and of an ending no more than is shown of each number anyway. Counted in each process.
 */
@Injectable()
export class NumberGuesses {
  private readonly tries = new Map<string, Tries>();

  constructor(private readonly clock: Clock) {}

  /** Shortens the endings in a query. Answers what is too much of it: nothing, the first that is one too many, or a further one. */
  run(operatorId: string, query: Record<string, unknown>): 'nothing' | 'first' | 'further' {
    let worst: 'nothing' | 'first' | 'further' = 'nothing';
    for (const name of MAY_BE_NUMBERS) {
      const text = query[name];
      if (typeof text !== 'string' || isUuid(text.trim().toLowerCase())) continue;
      const ending = digitsOf(text) ?? '';
      if (ending.length > SHOWN && ending.length <= LONGEST_ENDING) query[name] = ending.slice(-SHOWN);
      else if (worst === 'nothing') worst = this.note(operatorId, numberIn(text));
    }
    return worst;
  }

  private note(operatorId: string, digits: string): 'nothing' | 'first' | 'further' {
    if (digits.length <= LONGEST_ENDING) return 'nothing';
    const alike = this.alikeOf(operatorId, digits.slice(-SHOWN));
    if (alike.has(digits)) return 'nothing';
    // One more than are looked for says that it has been told.
    if (alike.size > MOST_ALIKE) return 'further';
    alike.add(alike.size === MOST_ALIKE ? '' : digits);
    return alike.size > MOST_ALIKE ? 'first' : 'nothing';
  }

  private alikeOf(operatorId: string, ending: string): Set<string> {
    const now = this.clock.now();
    const known = this.tries.get(operatorId);
    // A wall clock that was set back begins a new day too.
    const isCurrent = known !== undefined && Math.abs(now - known.since) < DAY_MS;
    const { alike } = isCurrent ? known : { alike: new Map<string, Set<string>>() };
    if (!isCurrent) this.tries.set(operatorId, { since: now, alike });
    const found = alike.get(ending) ?? new Set();
    alike.set(ending, found);
    return found;
  }
}

function numberIn(text: string): string {
  return withAsciiDigits(text.normalize('NFKC').replaceAll(/%2B|\P{Nd}/giu, '')).replace(/^0+/, '');
}
