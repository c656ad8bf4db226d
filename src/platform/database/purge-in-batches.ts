import type { Database, Tx } from './database.js';

/**
 * Deletes what is old in transactions of `most` rows, so small that nobody beside them waits for the whole of it. `purge` deletes up to that many and
 * returns how many; fewer are the last. Returns how many in all.
 */
export async function purgeInBatches(
  database: Database,
  most: number,
  purge: (tx: Tx) => Promise<number>,
): Promise<number> {
  let total = 0;
  for (;;) {
    const purged = await database.transaction(purge);
    total += purged;
    if (purged < most) return total;
  }
}
