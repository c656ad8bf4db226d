import { number, selection, text } from '../database/rows.js';
import type { Database } from '../database/database.js';
import { SEALED_TABLES, type SealedTable } from '../crypto/sealed-columns.js';

export interface CountOfKey {
  /** `table.column` */
  column: string;
  /** Id of the key; null for what names none. */
  key: number | null;
  values: number;
}

/** How many values of each sealed column each key has sealed. Reads all of them, table by table, as those do who only look. */
export async function countByKey(
  database: Database,
  tables: readonly (SealedTable & { table: string })[] = SEALED_TABLES,
): Promise<CountOfKey[]> {
  const counts: CountOfKey[] = [];
  for (const { table, columns } of tables) {
    for (const column of columns) {
      const count = selection({
        id: text(`SUBSTR(${column}, 1, INSTR(${column}, '.') - 1)`),
        values: number('COUNT(*)'),
      });
      const found = await database.browse((manager) =>
        count.read(manager, `FROM ${table} WHERE ${column} <> '' GROUP BY 1`),
      );
      for (const { id, values } of found)
        counts.push({ column: `${table}.${column}`, key: /^[1-9]\d?$/.test(id) ? Number(id) : null, values });
    }
  }
  return counts;
}
