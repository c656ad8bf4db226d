import type { MovedTable } from './moved-tables.js';
import type { MysqlTarget } from './mysql-target.js';
import type { SqliteSource, Value } from './sqlite-source.js';
import { RowRefused } from './why-stopped.js';

/** In one statement and one transaction. Servers take some megabytes at once by default. */
const MOST_ROWS = 500;
const MOST_CHARACTERS = 500_000;

/** Copies the rows behind a key; what is noted as there and what is there are of one transaction. */
export async function copyTable(
  { source, target }: { source: SqliteSource; target: MysqlTarget },
  table: MovedTable,
  { after, onRows }: { after: Value[] | null; onRows: (count: number) => void },
): Promise<void> {
  for (let key = after; ;) {
    const rows = fitting(source.after(table, key, MOST_ROWS));
    const last = rows.at(-1);
    if (last === undefined) return;
    key = table.key.map((place) => last[place] ?? null);
    await target.insert(table, rows).catch((error: unknown) => {
      throw new RowRefused(table.name, error);
    });
    await target.run('UPDATE database_move SET table_name = ?, after_key = ?', [
      table.name,
      JSON.stringify(key.map(String)),
    ]);
    await target.commit();
    onRows(rows.length);
  }
}

/** As it was noted. */
export function keyFrom({ key, columns }: MovedTable, noted: string): Value[] {
  const texts = JSON.parse(noted) as string[];
  return key.map((place, at) => (columns[place]?.kind === 'whole' ? BigInt(texts[at] ?? '') : (texts[at] ?? '')));
}

function fitting(rows: Value[][]): Value[][] {
  let characters = 0;
  const end = rows.findIndex((row) => {
    for (const value of row) characters += typeof value === 'string' ? value.length : 20;
    return characters > MOST_CHARACTERS;
  });
  return end === -1 ? rows : rows.slice(0, Math.max(1, end));
}
