import { Injectable } from '@nestjs/common';
import type { HangupWebhook, VerifiedWebhook } from '../../plivo/index.js';
import { Clock } from '../../platform/clock.js';
import { Crypto } from '../../platform/crypto/crypto.js';
import { change, Database, type Tx } from '../../platform/database/database.js';
import { lockRequest } from './connect-second-party.js';
import { beginALeg } from '../facts/legs.js';
import { recordLoneLeg } from './record-lone-leg.js';
import { NoteHangup } from '../facts/note-hangup.js';
import { noteReceipt } from '../facts/note-receipt.js';

/** Takes down what Plivo reports of a requested call: that it rings, and how it ended when the first party never answered. */
@Injectable()
export class CloseRequest {
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
  hangup(webhook: VerifiedWebhook, requestId: string, told: HangupWebhook): Promise<void> {
    return this.database.transaction(async (tx) => {
      await beginALeg(tx, webhook, told.callUuid, this.clock.now());
      await this.close(tx, webhook.accountId, requestId, told);
      await this.noteHangup.note(tx, webhook.accountId, told);
    });
  }

  private async close(tx: Tx, accountId: string, requestId: string, told: HangupWebhook): Promise<void> {
    const { session_id: sessionId, call_uuid: callUuid } = await lockRequest(tx, this.database, accountId, requestId);
    if (callUuid !== null && callUuid !== told.callUuid) return;
    const wasAnswered = told.answeredAt !== null || (told.durationSeconds ?? 0) > 0 || told.callStatus === 'completed';
    const isHeard = await isKnown(tx, accountId, told.callUuid);
    if (!wasAnswered && !isHeard) {
      await recordLoneLeg(
        tx,
        this.crypto,
        { accountId, sessionId, requestId },
        { legUuid: told.callUuid, reason: 'unanswered', startedAt: told.startedAt, now: this.clock.now() },
      );
    }
    // Over is over: it holds its session no longer, whatever is still to be found out. Answered, and yet no answer was asked of us: it may still
    // come, or FindLostEnd tells what became of it.
    await change(tx, 'UPDATE call_request SET call_uuid = ?, status = ?, pending_until = ? WHERE id = ?', [
      told.callUuid,
      wasAnswered && !isHeard ? 'placed' : 'over',
      this.clock.now(),
      requestId,
    ]);
  }
}

async function isKnown(tx: Tx, accountId: string, callUuid: string): Promise<boolean> {
  const calls = (await tx.query('SELECT id FROM masked_call WHERE account_id = ? AND a_leg_uuid = ?', [
    accountId,
    callUuid,
  ])) as unknown[];
  return calls.length > 0;
}
