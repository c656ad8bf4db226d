import type { EntityManager } from 'typeorm';
import type { Database } from '../../platform/database/database.js';
import { number, selection } from '../../platform/database/rows.js';
import { CALLS } from '../call.entity.js';

const DECISIONS = selection({
  ...CALLS.pick(['virtualNumberId', 'decision', 'reason']),
  calls: number('COUNT(*)'),
});

/** What was decided of an account's calls that came in a span of time, by number; calls on no number of the pool are left out. */
export function countDecisions(
  manager: EntityManager,
  database: Database,
  accountId: string,
  [from, before]: readonly [number, number],
) {
  return DECISIONS.read(
    manager,
    `FROM masked_call ${database.byIndex('masked_call_account')} WHERE account_id = ? AND created_at >= ? AND created_at < ? AND virtual_number_id IS NOT NULL
      GROUP BY virtual_number_id, decision, reason`,
    [accountId, from, before],
  );
}
