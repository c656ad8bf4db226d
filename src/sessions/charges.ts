import { change, type Tx } from '../platform/database/database.js';

/** Says what the account is charged for a conversation on top of Plivo's price, in micro-units. The caller holds the session's row. */
export async function chargeCall(tx: Tx, callId: string, micros: number): Promise<void> {
  await change(tx, 'UPDATE interaction SET own_amount = ? WHERE id = ?', [micros, callId]);
}

/** What statistics need of a session. */
export interface OpenedSession {
  id: string;
  accountId: string;
  /** Digits. */
  virtualNumber: string;
  createdAt: number;
  fee: number;
}

/** Some sessions by id, or the next ones in the order of their ids: for walking through all. */
export async function nextOpened(
  tx: Tx,
  wanted: { ids: string[] } | { after: string; limit: number },
): Promise<OpenedSession[]> {
  const isPage = 'after' in wanted;
  const where = isPage ? `id > ? ORDER BY id LIMIT ${wanted.limit}` : `id IN (${wanted.ids.map(() => '?').join(', ')})`;
  const rows = (await tx.query(
    `SELECT id, account_id, virtual_number, created_at, fee FROM masking_session WHERE ${where}`,
    isPage ? [wanted.after] : wanted.ids,
  )) as { id: string; account_id: string; virtual_number: string; created_at: number; fee: number | null }[];
  return rows.map((row) => ({
    id: row.id,
    accountId: row.account_id,
    virtualNumber: row.virtual_number,
    createdAt: Number(row.created_at),
    fee: Number(row.fee ?? 0),
  }));
}
