import type { EntityManager } from 'typeorm';
import type { PartyUntil } from '../sessions/index.js';
import { change, type Database, type Tx } from '../platform/database/database.js';
import { marks, number, selection } from '../platform/database/rows.js';
import { NOTICES } from './text-notice.entity.js';

const ID = selection(NOTICES.pick(['id']));
const WHOLE = selection(NOTICES.pick(['id', 'accountId', 'state']));
const N_ID = selection(NOTICES.pick(['id'], 'n'));
const AGED = selection({
  ...NOTICES.pick(['id'], 'n'),
  at: NOTICES.pick(['createdAt'], 'n').createdAt,
  open: number("CASE WHEN n.price_at IS NOT NULL OR n.state IN ('pending', 'sending') THEN 1 ELSE 0 END"),
});

/** Sentences of ours to people who wrote: they go as texts of the same sessions do. */
export async function deleteNotices(tx: Tx, database: Database, ids: string[]): Promise<void> {
  await change(tx, `${database.deleteFrom('text_notice')} WHERE id IN (${marks(ids)})`, ids);
}

export async function noticesOf(tx: Tx, sessionIds: string[]): Promise<string[]> {
  const found = await ID.read(tx, `FROM text_notice WHERE session_id IN (${marks(sessionIds)})`, sessionIds);
  return found.map(({ id }) => id);
}

/** To people without a session there, of an account, made by an instant. */
export async function strangersNotices(tx: Tx, accountId: string, until: number, limit: number): Promise<string[]> {
  const found = await ID.read(
    tx,
    `FROM text_notice WHERE account_id = ? AND session_id IS NULL AND created_at <= ? ORDER BY created_at LIMIT ${limit}`,
    [accountId, until],
  );
  return found.map(({ id }) => id);
}

/** To a person, in sessions that are not its own or in none. */
export async function noticesElsewhere(
  manager: EntityManager,
  { index, until }: PartyUntil,
  limit: number,
): Promise<string[]> {
  const found = await N_ID.read(
    manager,
    `FROM text_notice n LEFT JOIN masking_session s ON s.id = n.session_id AND (s.first_index = ? OR s.second_index = ?)
     WHERE n.recipient_index = ? AND n.created_at <= ? AND s.id IS NULL LIMIT ${limit}`,
    [index, index, index, until],
  );
  return found.map(({ id }) => id);
}

/** The oldest of these sessions, and of which a price may come yet. */
export function agedNotices(
  tx: Tx,
  sessionIds: string[],
  limit: number,
): Promise<{ id: string; at: number; open: number }[]> {
  const those = `session_id IN (${marks(sessionIds)})`;
  return AGED.read(tx, `FROM text_notice n WHERE ${those} ORDER BY created_at, id LIMIT ${limit}`, sessionIds);
}

/** Takes the person out of them; they stay for the bill, and what was not sent never will be. Returns whose they were. */
export async function blankNotices(
  tx: Tx,
  ids: string[],
  now: number,
): Promise<{ id: string; accountId: string; state: string }[]> {
  const notices = await WHOLE.read(tx, `FROM text_notice WHERE id IN (${marks(ids)})`, ids);
  for (const { id, state } of notices) {
    const ended = state === 'pending' ? { state: 'rejected' as const, reason: 'session-gone' } : {};
    const lost = state === 'sending' ? { state: 'unknown' as const } : {};
    const nobody = { recipient: null, recipientIndex: id.slice(0, 22), ...ended, ...lost, updatedAt: now };
    await NOTICES.update(tx, nobody, 'WHERE id = ?', [id]);
  }
  return notices;
}
