import type { EntityManager } from 'typeorm';
import { forgetHolds } from '../number-pool/index.js';
import { change, type Database, type Tx } from '../platform/database/database.js';
import { exists, marks, selection } from '../platform/database/rows.js';
import { uncount } from './count-sessions.js';
import { SESSIONS } from './session.entity.js';

/** A session that has ended, and where it stands in the order of ends. */
export interface EndedSession {
  id: string;
  /** Milliseconds since 1970. */
  endedAt: number;
}

export interface EndedRange {
  accountId: string;
  /** Behind this one. */
  after: EndedSession;
  /** The last instant of an end. */
  until: number;
  limit: number;
}

/** Before every session. */
export const FIRST_ENDED: EndedSession = { id: '', endedAt: 0 };

const COUNTED = selection(SESSIONS.pick(['accountId', 'subaccountId', 'createdAt', 'expiresAt']));
const ENDED = selection({ id: SESSIONS.pick(['id']).id, endedAt: SESSIONS.pick(['expiresAt']).expiresAt });

/** The next sessions of an account in the order of their ends. With a `lock` their rows are held, and those that others hold are passed over. */
export function nextEnded(
  tx: Tx,
  database: Database,
  { accountId, after, until, limit }: EndedRange,
  lock = '',
): Promise<EndedSession[]> {
  return ENDED.read(
    tx,
    `FROM masking_session ${database.byIndex('masking_session_ended')}
     WHERE account_id = ? AND status = 'expired' AND expires_at >= ? AND expires_at <= ? AND (expires_at > ? OR id > ?)
     ORDER BY expires_at, id LIMIT ${limit} ${lock}`,
    [accountId, after.endedAt, until, after.endedAt, after.id],
  );
}

/** Deletes ended sessions, their conversations and what they remember of numbers; all else that belongs to them is gone already. */
export async function forgetSessions(tx: Tx, database: Database, sessionIds: string[], now: number): Promise<void> {
  const those = `IN (${marks(sessionIds)})`;
  await change(
    tx,
    `${database.deleteFrom('interaction', 'interaction_session')} WHERE session_id ${those}`,
    sessionIds,
  );
  await forgetHolds(tx, database, sessionIds, now);
  const counted = await COUNTED.read(tx, `FROM masking_session WHERE id ${those}`, sessionIds);
  await change(tx, `${database.deleteFrom('masking_session')} WHERE id ${those}`, sessionIds);
  await uncount(tx, database, counted);
}

/** Deletes these conversations of a session that is to be deleted, but has too many for one transaction. */
export async function forgetInteractions(tx: Tx, database: Database, callIds: string[]): Promise<void> {
  await change(tx, `${database.deleteFrom('interaction')} WHERE id IN (${marks(callIds)})`, callIds);
}

/** Whether there is such a session, live or ended. */
export function hasSession(tx: EntityManager, sessionId: string): Promise<boolean> {
  return exists(tx, 'FROM masking_session WHERE id = ?', [sessionId]);
}
