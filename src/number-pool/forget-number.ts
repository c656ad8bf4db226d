import { Injectable, type OnModuleInit } from '@nestjs/common';
import { change, Database, type Tx } from '../platform/database/database.js';
import { selection, text } from '../platform/database/rows.js';
import { Jobs } from '../platform/jobs/jobs.js';

export const FORGET_NUMBER = 'number-pool.forget-number';

/** A number can have 100,000 assignments; a transaction of 1,000 keeps others waiting for some milliseconds only. */
const BATCH = 1000;

/** Deletes the assignments of a number that has left the pool. Ids are never used again, so a repetition finds nothing. */
@Injectable()
export class ForgetNumber implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
  ) {}

  onModuleInit(): void {
    this.jobs.handle<{ virtualNumberId: number }>(FORGET_NUMBER, { leaseSeconds: 300 }, (payload) =>
      this.run(payload.virtualNumberId),
    );
  }

  async run(virtualNumberId: number): Promise<void> {
    for (const [table, key] of [
      ['number_assignment', 'party_index'],
      ['pin_assignment', 'pin_index'],
    ] as const) {
      while (await this.database.transaction((tx) => deleteBatch(tx, { table, key, virtualNumberId })));
    }
    if (this.database.dataSource.isCluster)
      await this.database.transaction((tx) =>
        tx.query('DELETE FROM number_hold WHERE virtual_number_id = ?', [virtualNumberId]),
      );
  }
}

/** Whether more may be left. A range of the primary key, because SQLite has no DELETE with LIMIT. */
async function deleteBatch(
  tx: Tx,
  { table, key, virtualNumberId }: { table: string; key: string; virtualNumberId: number },
): Promise<boolean> {
  const [last] = await selection({ key: text(key) }).read(
    tx,
    `FROM ${table} WHERE virtual_number_id = ? ORDER BY ${key} LIMIT 1 OFFSET ${BATCH - 1}`,
    [virtualNumberId],
  );
  const range = last ? ` AND ${key} <= ?` : '';
  await change(tx, `DELETE FROM ${table} WHERE virtual_number_id = ?${range}`, [
    virtualNumberId,
    ...(last ? [last.key] : []),
  ]);
  return last !== undefined;
}
