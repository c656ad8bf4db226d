import { describe, expect, it } from '@jest/globals';
import { suspicions, wilson, type NumberRecord } from './suspect-numbers.js';

const good: NumberRecord = { dialled: 200, answered: 140, short: 10 };
const inWords = (records: NumberRecord[]): (string | null)[] =>
  suspicions(records).map(({ suspect, because }) => (suspect === null ? 'unknown' : because));

/** Repeatable noise: fractions from 0 to 1. */
function noise(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('a number is suspect', () => {
  it('when it is answered far less often than the rest', () => {
    expect(inWords([good, good, { dialled: 200, answered: 60, short: 4 }])).toEqual([null, null, 'answer-rate']);
  });

  it('when its calls are over at once far more often', () => {
    expect(inWords([good, { dialled: 200, answered: 140, short: 80 }, good])).toEqual([null, 'short-calls', null]);
  });

  it('not when it does better, nor a little worse', () => {
    expect(inWords([good, good, good, { dialled: 200, answered: 170, short: 2 }])[3]).toBeNull();
    expect(inWords([good, good, { dialled: 200, answered: 126, short: 14 }])).toEqual([null, null, null]);
  });

  it('or not is said of 20 calls of its own and 50 of the rest, and of no fewer', () => {
    const bad = { dialled: 20, answered: 0, short: 0 };
    expect(inWords([bad, good])).toEqual(['answer-rate', 'unknown']);
    expect(inWords([{ ...bad, dialled: 19 }, good])).toEqual(['unknown', 'unknown']);
    expect(inWords([bad, { dialled: 49, answered: 49, short: 0 }])).toEqual(['unknown', 'unknown']);
    expect(inWords([good])).toEqual(['unknown']);
    expect(inWords([])).toEqual([]);
  });

  it('in hardly one of a hundred pools in which nothing is wrong, however large', () => {
    let alarms = 0;
    for (let pool = 1; pool <= 200; pool++) {
      const next = noise(pool * 104_729);
      const records = Array.from({ length: 2 + Math.floor(next() * 60) }, () => {
        const calls = Array.from({ length: 20 + Math.floor(next() * 200) }, () => next() < 0.6);
        const answered = calls.filter(Boolean).length;
        const short = Array.from({ length: answered }, () => next() < 0.1).filter(Boolean).length;
        return { dialled: calls.length, answered, short };
      });
      if (suspicions(records).some(({ suspect }) => suspect)) alarms += 1;
    }
    expect(alarms).toBeLessThanOrEqual(2);
  });
});

it('a Wilson interval is that of the textbooks', () => {
  const { low, high } = wilson(10, 50, 1.96);
  expect([low.toFixed(4), high.toFixed(4)]).toEqual(['0.1124', '0.3304']);
});
