import { change, type Tx } from '../platform/database/database.js';

/**
 * Moves the end of a session's hold on its number. Returns false when a party's place on the number has gone to another session meanwhile:
 * then the session had ended, whatever was read before.
 */
export async function extendHold(
  tx: Tx,
  hold: { sessionId: string; virtualNumberId: number; partyIndexes: string[]; freeAfter: number },
): Promise<boolean> {
  const extended = await change(
    tx,
    `UPDATE number_assignment SET free_after = ? WHERE virtual_number_id = ? AND party_index IN (${hold.partyIndexes.map(() => '?').join(', ')}) AND session_id = ?`,
    [hold.freeAfter, hold.virtualNumberId, ...hold.partyIndexes, hold.sessionId],
  );
  await change(tx, 'UPDATE pin_assignment SET free_after = ? WHERE session_id = ?', [hold.freeAfter, hold.sessionId]);
  return extended === hold.partyIndexes.length;
}

/** Lets the number go: its parties may be given it again from `freeAfter` on. */
export async function releaseHold(tx: Tx, sessionId: string, freeAfter: number): Promise<void> {
  await change(tx, 'UPDATE number_assignment SET free_after = ? WHERE session_id = ? AND free_after > ?', [
    freeAfter,
    sessionId,
    freeAfter,
  ]);
  await change(tx, 'UPDATE pin_assignment SET free_after = ? WHERE session_id = ? AND free_after > ?', [
    freeAfter,
    sessionId,
    freeAfter,
  ]);
}

/** Lets go of what an open session claims for strangers: its missing party is known now. The row goes, so that no later extension revives it. */
export async function releaseStrangers(tx: Tx, sessionId: string): Promise<void> {
  await change(tx, "DELETE FROM pin_assignment WHERE session_id = ? AND pin_index = '*'", [sessionId]);
}

/** Takes one party off its session's number. */
export async function releaseParty(tx: Tx, sessionId: string, partyIndex: string, freeAfter: number): Promise<void> {
  await change(tx, 'UPDATE number_assignment SET free_after = ? WHERE session_id = ? AND party_index = ?', [
    freeAfter,
    sessionId,
    partyIndex,
  ]);
}
