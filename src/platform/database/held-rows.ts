import type { EntityManager } from 'typeorm';
import type { Connections } from './connections.js';
import { marks } from './rows.js';
import { late } from './statements.js';

/** Tables whose rows are held by transactions that do not change them, and how a row is named. */
const KEYS = {
  masking_session: 'id',
  masked_call: 'id',
  job: 'id',
  virtual_number: 'id',
  account: 'auth_id',
  subaccount: 'auth_id',
} as const;

/** Whether other nodes take writes too, so that a row lock holds on this one alone. */
export function isOnCluster(tx: EntityManager): boolean {
  return (tx.connection as Connections).isCluster;
}

/**
 * For who rests on rows that it holds and does not change. Between nodes of a cluster a commit is refused only when another one has written the same
 * row, so on a cluster they are written. To be called with the rows held since before whatever was decided on was read: a write of another node that
 * arrives in between ends this transaction, and one that has not arrived yet refuses its commit. On one server nothing is sent.
 */
export async function writeHeld(
  tx: EntityManager,
  table: keyof typeof KEYS,
  ids: readonly (string | number)[],
): Promise<void> {
  if (ids.length === 0 || !isOnCluster(tx)) return;
  const rows = `UPDATE ${table} FORCE INDEX (PRIMARY) SET holds = holds + 1`;
  await late(tx).query(`${rows} WHERE ${KEYS[table]} IN (${marks(ids)})`, [...ids]);
}
