/** Rows that are looked at together; what is done with them takes milliseconds, with turns for others in between. */
export const LOOKED_AT_ONCE = 250;

interface Place {
  id: string;
  createdAt: number;
}

/** Before every row that there is or will be. */
const NOW: Place = { id: '', createdAt: Number.MAX_SAFE_INTEGER };

/**
 * The newest rows that are wanted, at most `limit`, among the newest `most`: for what no index knows. `page`: the next `LOOKED_AT_ONCE` rows before a place,
 * newest first. `since`: when the oldest that was looked at was made; null where all were looked at.
 */
export async function lookBack<Row extends Place>(
  { most, limit }: { most: number; limit: number },
  page: (before: Place) => Promise<Row[]>,
  isWanted: (row: Row) => boolean,
): Promise<{ ids: string[]; since: number | null }> {
  const ids: string[] = [];
  let before = NOW;
  for (let looked = 0; looked < most && ids.length < limit; looked += LOOKED_AT_ONCE) {
    const rows = await page(before);
    for (const row of rows) if (isWanted(row)) ids.push(row.id);
    if (rows.length < LOOKED_AT_ONCE) return { ids: ids.slice(0, limit), since: null };
    before = rows.at(-1) ?? before;
  }
  return { ids: ids.slice(0, limit), since: before.createdAt };
}
