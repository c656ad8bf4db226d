import type { Tx } from '../platform/database/database.js';
import type { Interaction } from './interaction.entity.js';

/** The conversations of some sessions, in the order in which they started. */
export async function readInteractions(tx: Tx, sessionIds: string[]): Promise<Map<string, Interaction[]>> {
  const bySession = new Map<string, Interaction[]>();
  if (sessionIds.length === 0) return bySession;
  const rows = (await tx.query(
    `SELECT * FROM interaction WHERE session_id IN (${sessionIds.map(() => '?').join(', ')}) ORDER BY started_at, id`,
    sessionIds,
  )) as Record<string, string | number | null>[];
  for (const row of rows) {
    const interaction: Interaction = {
      id: String(row.id),
      sessionId: String(row.session_id),
      startedAt: Number(row.started_at),
      endedAt: row.ended_at === null ? null : Number(row.ended_at),
      busyUntil: Number(row.busy_until),
      firstLegUuid: row.first_leg_uuid as string | null,
      secondLegUuid: row.second_leg_uuid as string | null,
      firstStatus: row.first_status as string | null,
      secondStatus: row.second_status as string | null,
      legCount: Number(row.leg_count),
      duration: Number(row.duration),
      billedDuration: Number(row.billed_duration),
      amount: Number(row.amount),
      ownAmount: row.own_amount === null ? null : Number(row.own_amount),
      recordingId: row.recording_id as string | null,
    };
    const list = bySession.get(interaction.sessionId) ?? [];
    list.push(interaction);
    bySession.set(interaction.sessionId, list);
  }
  return bySession;
}
