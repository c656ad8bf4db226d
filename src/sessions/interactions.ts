import { type Database, late, type Tx } from '../platform/database/database.js';
import { writeHeld } from '../platform/database/held-rows.js';
import { exists, marks, selection } from '../platform/database/rows.js';
import { INTERACTIONS, type Interaction } from './interaction.entity.js';

const WHOLE = selection(INTERACTIONS.fields());
const OF_SESSION = selection(INTERACTIONS.pick(['sessionId']));

/** The conversations of some sessions, in the order in which they started. */
export async function readInteractions(tx: Tx, sessionIds: string[]): Promise<Map<string, Interaction[]>> {
  const bySession = new Map<string, Interaction[]>();
  if (sessionIds.length === 0) return bySession;
  const interactions = await WHOLE.read(
    tx,
    `FROM interaction WHERE session_id IN (${marks(sessionIds)}) ORDER BY started_at, id`,
    sessionIds,
  );
  for (const interaction of interactions) {
    const list = bySession.get(interaction.sessionId) ?? [];
    list.push(interaction);
    bySession.set(interaction.sessionId, list);
  }
  return bySession;
}

/** The conversations of a session that are on at an instant: both are its parameters. One whose hang-up was lost stops counting at its `busy_until`. */
export const IN_PROGRESS = 'FROM interaction WHERE session_id = ? AND ended_at IS NULL AND busy_until > ?';

/**
 * The account's sessions of which a leg is on, `s`: all that have a conversation in progress, and hardly more. CROSS JOIN: SQLite takes it in the order of
 * writing.
 */
export const SESSIONS_WITH_LEGS = `FROM (SELECT DISTINCT session_id FROM call_leg WHERE account_id = ? AND ended_at IS NULL AND session_id IS NOT NULL) l
  CROSS JOIN masking_session s ON s.id = l.session_id`;

/** Whether a conversation of this session is on. */
export function isInProgress(tx: Tx, sessionId: string, now: number): Promise<boolean> {
  return exists(tx, `${IN_PROGRESS} LIMIT 1`, [sessionId, now]);
}

/** Those of these sessions of which a conversation is on. */
export async function inProgressAmong(tx: Tx, sessionIds: string[], now: number): Promise<string[]> {
  const on = await OF_SESSION.read(
    tx,
    `FROM interaction WHERE session_id IN (${marks(sessionIds)}) AND ended_at IS NULL AND busy_until > ?`,
    [...sessionIds, now],
  );
  return on.map(({ sessionId }) => sessionId);
}

/** Adds a conversation, when the answer to Plivo connects it. The caller holds the session's row. */
export async function openInteraction(
  tx: Tx,
  opened: Pick<Interaction, 'id' | 'sessionId' | 'startedAt' | 'busyUntil'> & {
    role: 'first' | 'second';
    legUuid: string;
  },
): Promise<void> {
  const { id, sessionId, startedAt, busyUntil, role, legUuid } = opened;
  await writeHeld(tx, 'masking_session', [sessionId]);
  await INTERACTIONS.insert(late(tx), {
    id,
    sessionId,
    startedAt,
    busyUntil,
    firstLegUuid: role === 'first' ? legUuid : null,
    secondLegUuid: role === 'second' ? legUuid : null,
    legCount: 1,
    duration: 0,
    billedDuration: 0,
    amount: 0,
  });
}

/**
 * Keeps everybody else from noting facts about this session's conversations until the transaction ends. Answers whether there is such a session still: another
 * process may have deleted it since the transaction has read its id.
 */
export async function lockSession(tx: Tx, database: Database, sessionId: string): Promise<boolean> {
  if (!database.forUpdate) return true;
  const rest = `WHERE id = ? ${database.forUpdate}`;
  const held = await tx.query<unknown[]>(`SELECT id FROM masking_session ${rest}`, [sessionId]);
  await writeHeld(tx, 'masking_session', [sessionId]);
  return held.length > 0;
}

/**
 * Replaces what is told of a conversation by what its legs' facts say now. The caller holds the session's row (`lockSession`), so that two
 * processes cannot miss each other's facts.
 */
export async function noteInteraction(tx: Tx, told: Omit<Interaction, 'ownAmount' | 'recordingId'>): Promise<void> {
  const { id, sessionId: _sessionId, ...facts } = told;
  await INTERACTIONS.update(tx, facts, 'WHERE id = ?', [id]);
}

/** Says what the account is charged for a conversation on top of Plivo's price, in micro-units. The caller holds the session's row. */
export async function chargeCall(tx: Tx, callId: string, micros: number): Promise<void> {
  await INTERACTIONS.update(tx, { ownAmount: micros }, 'WHERE id = ?', [callId]);
}

/** From here on the API shows where the conversation's recording is. */
export async function noteRecording(tx: Tx, callId: string, recordingId: string): Promise<void> {
  await INTERACTIONS.update(tx, { recordingId }, 'WHERE id = ?', [callId]);
}
