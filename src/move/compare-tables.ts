import { CommandFailure } from '../platform/command-failure.js';
import type { MovedTable } from './moved-tables.js';
import type { MysqlTarget } from './mysql-target.js';
import type { SqliteSource } from './sqlite-source.js';

/**
 * Reads a table from both sides in the order of its key, and refuses the first row that is not the same in both, or in one alone. Returns how many there are.
 * Keys stand in the same order in both: SQLite compares bytes, `utf8mb4_bin` code points.
 */
export async function compareTable(
  { source, target }: { source: SqliteSource; target: MysqlTarget },
  table: MovedTable,
  onRow: () => void,
): Promise<number> {
  const theirs = target.rows(table)[Symbol.asyncIterator]();
  let count = 0;
  try {
    for (const row of source.rows(table)) {
      const other = await theirs.next();
      count += 1;
      if (other.done === true) throw different(table, `row ${count} has not arrived`);
      const column = table.columns.find(
        ({ kind }, place) => canonical(kind, row[place]) !== canonical(kind, other.value[place]),
      );
      if (column) throw different(table, `row ${count} is another in ${column.name}`);
      onRow();
    }
    if ((await theirs.next()).done !== true) throw different(table, `there are more than ${count} rows`);
    return count;
  } finally {
    await theirs.return?.();
  }
}

/** The same text for the same value, however a driver hands it out; null stays null. Neither 1.5 nor bytes are what a column of ours holds. */
function canonical(kind: 'whole' | 'text', value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (kind === 'text') return typeof value === 'string' ? `text ${value}` : `no text: ${typeof value}`;
  return typeof value === 'bigint' || Number.isInteger(value) || /^-?\d+$/.test(String(value))
    ? `whole ${BigInt(value as bigint | number | string)}`
    : `no whole number: ${typeof value}`;
}

/** Neither a key nor a value is told: they may be somebody's number. */
function different({ name }: MovedTable, what: string): CommandFailure {
  return new CommandFailure(
    `table ${name} has not arrived as it was: ${what}. Nothing was switched over. Empty the target, run masking move --undo, and move again`,
  );
}
