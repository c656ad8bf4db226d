import type { Database } from '../database/database.js';

/**
 * How statements that name several ids begin. On a small table MariaDB reads every row for `id IN (...)` (seen at 51 rows and 32 ids) and so
 * waits for rows that a foreign transaction has locked: workers stood still for as long as one enqueuing transaction stayed open.
 */
export const updateById = ({ isSqlite }: Database): string =>
  isSqlite ? 'UPDATE job' : 'UPDATE job FORCE INDEX (PRIMARY)';

export const deleteById = ({ isSqlite }: Database): string =>
  isSqlite ? 'DELETE FROM job' : 'DELETE job FROM job FORCE INDEX (PRIMARY)';

/** One placeholder for each value. */
export function marks(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ');
}
