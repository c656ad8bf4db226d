import type { Database, Tx } from '../platform/database/database.js';
import { NotFound } from '../platform/errors.js';

/**
 * Locks an account or a subaccount against other changes of its tokens: "two at most" and "never the last" are counts over rows, which no
 * key can hold.
 */
export async function lockOwner(database: Database, tx: Tx, ownerId: string): Promise<void> {
  for (const table of ['account', 'subaccount']) {
    const rows = await tx.query<unknown[]>(`SELECT auth_id FROM ${table} WHERE auth_id = ? ${database.forUpdate}`, [
      ownerId,
    ]);
    if (rows.length > 0) return;
  }
  throw new NotFound('no account has this auth_id');
}

export async function liveTokenIds(tx: Tx, ownerId: string): Promise<string[]> {
  const rows = await tx.query<{ id: string }[]>('SELECT id FROM api_token WHERE owner_id = ?', [ownerId]);
  return rows.map((row) => row.id);
}
