import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { forecast, type DayPeak } from './forecast.js';

const TODAY = 20_000;
const SEED = 20_261_129;

/** Peaks of the last `days` days, the newest of yesterday. */
const peaksOf = (days: number, needed: (day: number) => number): DayPeak[] =>
  Array.from({ length: days }, (_, place) => TODAY - days + place).map((day) => ({ day, needed: needed(day) }));
const without = (peaks: DayPeak[], gaps: Set<number>): DayPeak[] => peaks.filter(({ day }) => !gaps.has(TODAY - day));
/** Repeatable noise: fractions from 0 to 1. */
function noise(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('a forecast', () => {
  it.each([0, 1, 3, 13])('says nothing of %i days', (days) => {
    expect(
      forecast(
        peaksOf(days, (day) => day - TODAY + 60),
        10,
        TODAY,
      ),
    ).toEqual({
      fullOn: null,
      reason: `not enough days: ${days} of 14`,
    });
  });

  it('knows a rise of a number a day after two weeks, and names the day', () => {
    const peaks = peaksOf(14, (day) => day - TODAY + 50);
    expect(forecast(peaks, 60, TODAY)).toEqual({
      fullOn: TODAY + 11,
      reason: 'rises by 7.00 numbers a week in the peaks of 14 days',
    });
  });

  it('names no day beyond the ninetieth', () => {
    const peaks = peaksOf(30, (day) => day - TODAY + 50);
    expect(forecast(peaks, 139, TODAY).fullOn).toBe(TODAY + 90);
    expect(forecast(peaks, 140, TODAY)).toEqual({ fullOn: null, reason: 'not within 90 days' });
  });

  it('takes neither a level, nor a fall, nor a week for a trend', () => {
    for (const needed of [
      () => 5,
      (day: number) => 90 - (day - TODAY),
      (day: number) => [3, 9, 9, 8, 9, 2, 1][day % 7]!,
    ])
      expect(forecast(peaksOf(42, needed), 200, TODAY)).toEqual({ fullOn: null, reason: 'no trend' });
  });

  it('says so where the usual peaks are above the numbers already', () => {
    const weekly = (day: number): number => (day % 7 === (TODAY + 2) % 7 ? 12 : 4);
    expect(forecast(peaksOf(28, weekly), 10, TODAY)).toEqual({
      fullOn: TODAY + 2,
      reason: 'no trend, but peaks of 28 days are above the numbers as they are',
    });
  });

  it('finds a linear rise within a day, whatever the week adds and whichever days are missing', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 28, max: 60 }),
        fc.double({ min: 0.5, max: 4, noNaN: true }),
        fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 7, maxLength: 7 }),
        fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 7 }),
        fc.integer({ min: 3, max: 60 }),
        (days, slope, week, gaps, ahead) => {
          const needed = (day: number): number => 100 + slope * (day - TODAY) + (week[day % 7] ?? 0);
          const available = Math.max(...[0, 1, 2, 3, 4, 5, 6].map((back) => needed(TODAY + ahead - back)));
          let truth = TODAY;
          while (needed(truth) <= available + 1e-9) truth += 1;
          const found = forecast(without(peaksOf(days, needed), new Set(gaps)), available, TODAY);
          if (truth > TODAY + 90) expect(found.fullOn).toBeNull();
          else expect(Math.abs((found.fullOn ?? 0) - truth)).toBeLessThanOrEqual(1);
        },
      ),
      { seed: SEED, numRuns: 300 },
    );
  });

  it('finds a rise of whole numbers within two days although some days were wild', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 35, max: 60 }),
        fc.double({ min: 1, max: 4, noNaN: true }),
        fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 2 }),
        (days, slope, wild) => {
          const line = (day: number): number => Math.round(100 + slope * (day - TODAY));
          const needed = (day: number): number => line(day) + (wild.includes(TODAY - day) ? 500 : 0);
          const available = line(TODAY + 20);
          let truth = TODAY;
          while (line(truth) <= available) truth += 1;
          const { fullOn } = forecast(peaksOf(days, needed), available, TODAY);
          expect(Math.abs((fullOn ?? 0) - truth)).toBeLessThanOrEqual(2);
        },
      ),
      { seed: SEED, numRuns: 300 },
    );
  });

  it('takes noise for a trend next to never', () => {
    let wrong = 0;
    for (let seed = 1; seed <= 500; seed++) {
      const next = noise(seed * 7919);
      const days = 14 + Math.floor(next() * 47);
      const gaps = new Set(Array.from({ length: 60 }, (_, back) => back + 1).filter(() => next() < 0.1));
      const peaks = without(
        peaksOf(days, () => 20 + Math.floor(next() * 10)),
        gaps,
      );
      if (forecast(peaks, 40, TODAY).fullOn !== null) wrong += 1;
    }
    expect(wrong).toBeLessThanOrEqual(5);
  });

  it('gives the same answer in whatever order the days come', () => {
    const peaks = peaksOf(40, (day) => Math.round((day - TODAY) * 0.7 + (day % 5)) + 60);
    const expected = forecast(peaks, 70, TODAY);
    fc.assert(
      fc.property(fc.shuffledSubarray(peaks, { minLength: peaks.length }), (shuffled) => {
        expect(forecast(shuffled, 70, TODAY)).toEqual(expected);
      }),
      { seed: SEED, numRuns: 20 },
    );
  });

  it('a gap is no day without sessions', () => {
    const rise = peaksOf(56, (day) => day - TODAY + 80);
    const gaps = new Set([1, 2, 3, 10, 11, 25, 26, 27, 28]);
    expect(forecast(without(rise, gaps), 100, TODAY).fullOn).toBe(forecast(rise, 100, TODAY).fullOn);
  });
});
