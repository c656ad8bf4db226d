import { change, type Database, type Tx } from '../platform/database/database.js';
import type { Interaction } from './interaction.entity.js';

/** Adds a conversation, when the answer to Plivo connects it. */
export async function openInteraction(
  tx: Tx,
  opened: {
    id: string;
    sessionId: string;
    startedAt: number;
    busyUntil: number;
    role: 'first' | 'second';
    legUuid: string;
  },
): Promise<void> {
  const legs = opened.role === 'first' ? [opened.legUuid, null] : [null, opened.legUuid];
  await tx.query(
    `INSERT INTO interaction (id, session_id, started_at, busy_until, first_leg_uuid, second_leg_uuid, leg_count, duration, billed_duration, amount)
     VALUES (?, ?, ?, ?, ?, ?, 1, 0, 0, 0)`,
    [opened.id, opened.sessionId, opened.startedAt, opened.busyUntil, ...legs],
  );
}

/**
 * Replaces what is told of a conversation by what its legs' facts say now. The caller holds the session's row (`lockSession`), so that two
 * processes cannot miss each other's facts.
 */
export async function noteInteraction(tx: Tx, told: Omit<Interaction, 'ownAmount' | 'recordingId'>): Promise<void> {
  await change(
    tx,
    `UPDATE interaction SET started_at = ?, ended_at = ?, busy_until = ?, first_leg_uuid = ?, second_leg_uuid = ?, first_status = ?, second_status = ?,
       leg_count = ?, duration = ?, billed_duration = ?, amount = ? WHERE id = ?`,
    [
      told.startedAt,
      told.endedAt,
      told.busyUntil,
      told.firstLegUuid,
      told.secondLegUuid,
      told.firstStatus,
      told.secondStatus,
      told.legCount,
      told.duration,
      told.billedDuration,
      told.amount,
      told.id,
    ],
  );
}

/** From here on the API shows where the conversation's recording is. */
export async function noteRecording(tx: Tx, callId: string, recordingId: string): Promise<void> {
  await change(tx, 'UPDATE interaction SET recording_id = ? WHERE id = ?', [recordingId, callId]);
}

/** Whether a conversation of this session is on. One whose hang-up was lost stops counting at its `busy_until`. */
export async function isInProgress(tx: Tx, sessionId: string, now: number): Promise<boolean> {
  const rows = (await tx.query(
    'SELECT 1 FROM interaction WHERE session_id = ? AND ended_at IS NULL AND busy_until > ? LIMIT 1',
    [sessionId, now],
  )) as unknown[];
  return rows.length > 0;
}

/** Keeps everybody else from noting facts about this session's conversations until the transaction ends. */
export async function lockSession(tx: Tx, database: Database, sessionId: string): Promise<void> {
  if (database.forUpdate)
    await tx.query(`SELECT id FROM masking_session WHERE id = ? ${database.forUpdate}`, [sessionId]);
}
