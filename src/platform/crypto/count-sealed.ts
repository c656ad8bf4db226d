import type { EntityManager } from 'typeorm';
import { number, selection } from '../database/rows.js';
import { isMissingTable } from '../database/transaction.js';
import { SEALED_TABLES } from './sealed-columns.js';

/** Of each table: to say that a key is needed it takes no more, and a start that is refused is told at once. */
const LOOKED_AT = 100_000;
const LOOK_MS = 3_000;

const COUNT = selection({ values: number('COUNT(*)') });

export interface SealedCount {
  values: number;
  /** Whether all were looked at. */
  isAll: boolean;
}

/** How many values are sealed with this key, as far as that is told within some seconds. */
export async function countSealedWith(manager: EntityManager, id: number): Promise<SealedCount> {
  const until = performance.now() + LOOK_MS;
  let [values, isAll] = [0, true];
  for (const { table, columns } of SEALED_TABLES) {
    for (const column of columns) {
      if (performance.now() > until) return { values, isAll: false };
      const looked = `FROM (SELECT ${column} AS sealed FROM ${table} LIMIT ${LOOKED_AT}) looked`;
      try {
        const [found] = await COUNT.read(manager, `${looked} WHERE sealed LIKE '${id}.%'`);
        values += found?.values ?? 0;
        const [all] = await COUNT.read(manager, looked);
        isAll &&= (all?.values ?? 0) < LOOKED_AT;
      } catch (error) {
        // Not migrated yet.
        if (!isMissingTable(error)) throw error;
      }
    }
  }
  return { values, isAll };
}
