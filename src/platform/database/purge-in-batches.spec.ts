import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { describeOnEachDatabase } from '../../../test/support/database.js';
import type { Database } from './database.js';
import { Batches, UsualTimes } from './purge-in-batches.js';

describeOnEachDatabase('rows that are taken in batches', (open) => {
  let database: Database;

  beforeAll(async () => {
    ({ database } = await open());
  });

  /** Takes all, and returns the sizes that were asked for. */
  async function taken(batches: Batches, rows: number): Promise<number[]> {
    const sizes: number[] = [];
    for (let left = rows; ;) {
      const { isLast } = await batches.next(async (tx, size) => {
        sizes.push(size);
        await tx.query('SELECT 1');
        const count = Math.min(size, left);
        left -= count;
        return count;
      });
      if (isLast) return sizes;
    }
  }

  it('go one by one where there is time for all of them', async () => {
    const batches = new Batches(database, 64, { spread: { rows: 20, overMs: 60_000 } });
    expect(await taken(batches, 20)).toEqual(Array(21).fill(1));
  });

  it('go in ever larger ones where there is none, up to the most', async () => {
    const sizes = await taken(new Batches(database, 64, { spread: { rows: 1000, overMs: 0 } }), 1000);
    expect(sizes.slice(0, 8)).toEqual([1, 2, 4, 8, 16, 32, 64, 64]);
  });

  it('go on after the time is over, and are all taken whatever number was expected', async () => {
    const sizes = await taken(new Batches(database, 4, { spread: { rows: 1, overMs: 1 } }), 50);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeGreaterThanOrEqual(50);
  });
});

describe('the size of a batch that keeps to a time', () => {
  /** 10 ms a row, so a batch may take 10 ms for each row of it, two thirds of which are its pause. */
  const MS_PER_ROW = 10;
  let times: UsualTimes;

  beforeEach(() => {
    times = new UsualTimes();
  });

  it('is one row until that has taken too long, and then doubles until it will do', () => {
    const sizes = [1];
    for (let batch = 0; batch < 7; batch++) {
      times.note(sizes[batch] ?? 0, 100);
      sizes.push(times.leastFor(MS_PER_ROW, 64));
    }
    expect(sizes).toEqual([1, 2, 4, 8, 16, 32, 32, 32]);
  });

  it('is the largest where none will do', () => {
    for (const size of [1, 2, 4]) times.note(size, 1000);
    expect(times.leastFor(MS_PER_ROW, 4)).toBe(4);
  });

  it('becomes less when less would do by now: what was slow once is tried again', () => {
    times.note(1, 5);
    times.note(2, 8);
    expect(times.leastFor(MS_PER_ROW, 64)).toBe(4);
    for (let batch = 0; batch < 30; batch++) times.note(4, 8);
    expect(times.leastFor(MS_PER_ROW, 64)).toBe(2);
  });

  it('may leave less to the pause', () => {
    const generous = new UsualTimes(1);
    for (const size of [1, 2, 4]) for (const usual of [times, generous]) usual.note(size, 15);
    // 40 ms for four rows: two batches of 15, or one and a pause of 25.
    expect([times.leastFor(MS_PER_ROW, 64), generous.leastFor(MS_PER_ROW, 64)]).toEqual([8, 4]);
  });

  it('does not change for one that was slow', () => {
    for (let batch = 0; batch < 20; batch++) times.note(1, 1);
    times.note(1, 10);
    expect(times.leastFor(MS_PER_ROW, 64)).toBe(1);
  });
});
