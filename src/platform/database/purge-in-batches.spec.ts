import { beforeAll, expect, it } from '@jest/globals';
import { describeOnEachDatabase } from '../../../test/support/database.js';
import type { Database } from './database.js';
import { Batches } from './purge-in-batches.js';

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
