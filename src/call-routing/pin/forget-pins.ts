import { change, type Tx } from '../../platform/database/database.js';
import { number, selection } from '../../platform/database/rows.js';
import type { EntityManager } from 'typeorm';

const COUNT = selection({ failures: number('COUNT(*)') });
const OF_CALLER = 'FROM pin_failure WHERE account_id = ? AND caller_index = ?';

/** Wrong PINs of a person that are still counted, under its keyed index. */
export async function countPinFailures(manager: EntityManager, accountId: string, index: string): Promise<number> {
  const [found] = await COUNT.read(manager, OF_CALLER, [accountId, index]);
  return found?.failures ?? 0;
}

/** With its lock, which would end within the hour anyway. */
export async function forgetPinFailures(tx: Tx, accountId: string, index: string): Promise<void> {
  await change(tx, `DELETE ${OF_CALLER}`, [accountId, index]);
  await change(tx, 'DELETE FROM pin_gate WHERE account_id = ? AND gate = ?', [accountId, `c:${index}`]);
}
