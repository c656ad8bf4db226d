import { Injectable } from '@nestjs/common';
import { hangupXml, type HangupWebhook, type VerifiedWebhook } from '../plivo/index.js';
import { openInteraction } from '../sessions/index.js';
import { Clock } from '../shared/clock.js';
import { Crypto } from '../shared/crypto.js';
import { change, Database, type Tx } from '../shared/database.js';
import { newId } from '../shared/ids.js';
import { lockRequest } from './answer-request.js';
import { addLeg, linkLeg } from './call-legs.js';
import { answerPlace } from './call.entity.js';
import { NoteHangup } from './note-hangup.js';
import { noteReceipt } from './webhook-receipts.js';

/** Takes down what Plivo reports of a requested call: that it rings, and how it ended when the first party never answered. */
@Injectable()
export class NoteRequest {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly crypto: Crypto,
    private readonly noteHangup: NoteHangup,
  ) {}

  ring(webhook: VerifiedWebhook, requestId: string, callUuid: string): Promise<void> {
    return this.database.transaction(async (tx) => {
      await noteReceipt(tx, webhook, this.clock.now());
      const request = await lockRequest(tx, this.database, webhook.accountId, requestId);
      if (request.call_uuid !== null && request.call_uuid !== callUuid) return;
      const isWaiting = ['wanted', 'placing', 'failed'].includes(request.status);
      await change(tx, 'UPDATE call_request SET call_uuid = ?, status = ? WHERE id = ?', [
        callUuid,
        isWaiting ? 'placed' : request.status,
        requestId,
      ]);
    });
  }

  /** An answered call's hang-up is an ordinary one; an unanswered one becomes a conversation of one leg, so that the customer sees it. */
  async hangup(webhook: VerifiedWebhook, requestId: string, told: HangupWebhook): Promise<void> {
    await this.database.transaction((tx) => this.close(tx, webhook.accountId, requestId, told));
    await this.noteHangup.run(webhook, told);
  }

  private async close(tx: Tx, accountId: string, requestId: string, told: HangupWebhook): Promise<void> {
    const request = await lockRequest(tx, this.database, accountId, requestId);
    if (request.call_uuid !== null && request.call_uuid !== told.callUuid) return;
    const wasAnswered = told.answeredAt !== null || (told.durationSeconds ?? 0) > 0 || told.callStatus === 'completed';
    const isNew = await addLeg(tx, {
      accountId,
      legUuid: told.callUuid,
      callId: null,
      sessionId: null,
      side: 'A',
      role: null,
    });
    if (!wasAnswered) await this.recordUnanswered(tx, accountId, requestId, request.session_id, told, isNew);
    // Answered, and yet no answer was asked of us: it may still come, or FollowRequest tells what became of it.
    const isUnheard = wasAnswered && !(await isKnown(tx, accountId, told.callUuid));
    // Over is over: it holds its session no longer, whatever is still to be found out.
    await change(tx, 'UPDATE call_request SET call_uuid = ?, status = ?, pending_until = ? WHERE id = ?', [
      told.callUuid,
      isUnheard ? 'placed' : 'over',
      this.clock.now(),
      requestId,
    ]);
  }

  private async recordUnanswered(
    tx: Tx,
    accountId: string,
    requestId: string,
    sessionId: string,
    { callUuid, startedAt }: HangupWebhook,
    isNew: boolean,
  ): Promise<void> {
    if (!isNew && (await isKnown(tx, accountId, callUuid))) return;
    const callId = newId();
    const now = this.clock.now();
    await tx.query(
      `INSERT INTO masked_call (id, account_id, session_id, kind, request_id, a_leg_uuid, caller_role, pin_attempts, decision, reason, answer, created_at)
       VALUES (?, ?, ?, 'request', ?, ?, 'first', 0, 'refuse', 'unanswered', ?, ?)`,
      [
        callId,
        accountId,
        sessionId,
        requestId,
        callUuid,
        this.crypto.seal(answerPlace({ callId, accountId }), hangupXml()),
        now,
      ],
    );
    await linkLeg(tx, { accountId, legUuid: callUuid, callId, sessionId, role: 'first' });
    await openInteraction(tx, {
      id: callId,
      sessionId,
      startedAt: startedAt ?? now,
      busyUntil: now,
      role: 'first',
      legUuid: callUuid,
    });
  }
}

async function isKnown(tx: Tx, accountId: string, callUuid: string): Promise<boolean> {
  const calls = (await tx.query('SELECT id FROM masked_call WHERE account_id = ? AND a_leg_uuid = ?', [
    accountId,
    callUuid,
  ])) as unknown[];
  return calls.length > 0;
}
