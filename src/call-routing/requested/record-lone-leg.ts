import { hangupXml } from '../../plivo/index.js';
import { openInteraction } from '../../sessions/index.js';
import type { Crypto } from '../../platform/crypto/crypto.js';
import type { Tx } from '../../platform/database/database.js';
import { newId } from '../../platform/ids.js';
import { linkLeg } from '../facts/legs.js';
import { answerPlace } from '../call.entity.js';

/**
 * Keeps a requested call that came no further than its first party, whose leg is there already, as a conversation of one leg: the customer sees it and
 * Plivo may bill it. Returns its id.
 */
export async function recordLoneLeg(
  tx: Tx,
  crypto: Crypto,
  request: { accountId: string; sessionId: string; requestId: string },
  told: { legUuid: string; reason: 'unanswered' | 'answer-lost'; startedAt: number | null; now: number },
): Promise<string> {
  const { accountId, sessionId, requestId } = request;
  const { legUuid, reason, startedAt, now } = told;
  const callId = newId();
  await tx.query(
    `INSERT INTO masked_call (id, account_id, session_id, kind, request_id, a_leg_uuid, caller_role, pin_attempts, decision, reason, answer, created_at)
     VALUES (?, ?, ?, 'request', ?, ?, 'first', 0, 'refuse', ?, ?, ?)`,
    [
      callId,
      accountId,
      sessionId,
      requestId,
      legUuid,
      reason,
      crypto.seal(answerPlace({ callId, accountId }), hangupXml()),
      now,
    ],
  );
  await linkLeg(tx, { accountId, legUuid, callId, sessionId, role: 'first' });
  await openInteraction(tx, {
    id: callId,
    sessionId,
    startedAt: startedAt ?? now,
    busyUntil: now,
    role: 'first',
    legUuid,
  });
  return callId;
}
