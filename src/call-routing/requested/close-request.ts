import { Injectable } from '@nestjs/common';
import type { HangupWebhook, VerifiedWebhook } from '../../plivo/index.js';
import { FindSessionById, SessionRecords } from '../../sessions/index.js';
import { Clock } from '../../platform/clock.js';
import { Crypto } from '../../platform/crypto/crypto.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import { CALL_REQUESTS } from '../call-request.entity.js';
import { beginALeg } from '../facts/legs.js';
import { NoteHangup } from '../facts/note-hangup.js';
import { followRequest } from './follow-request.js';
import { lockRequest } from './lock-request.js';
import { isKnownCall, recordLoneLeg } from './record-lone-leg.js';
import { rungNumber } from './rung-party.js';

/** How long Plivo may take to ask again for an answer that it did not get. */
const ANSWER_MAY_COME_MS = 60_000;

/**
 * Takes down how a requested call ended. An answered call's hang-up is an ordinary one; an unanswered one becomes a conversation of one leg, so that
 * the customer sees it.
 */
@Injectable()
export class CloseRequest {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly crypto: Crypto,
    private readonly jobs: Jobs,
    private readonly noteHangup: NoteHangup,
    private readonly findSessionById: FindSessionById,
    private readonly records: SessionRecords,
  ) {}

  run(webhook: VerifiedWebhook, requestId: string, told: HangupWebhook): Promise<void> {
    return this.database.transaction(async (tx) => {
      await beginALeg(tx, webhook, told.callUuid, this.clock.now());
      await this.close(tx, webhook.accountId, requestId, told);
      await this.noteHangup.note(tx, webhook.accountId, told);
    });
  }

  private async close(tx: Tx, accountId: string, requestId: string, told: HangupWebhook): Promise<void> {
    const { callUuid: legUuid, to, startedAt } = told;
    const held = await lockRequest(tx, this.database, accountId, requestId);
    const { sessionId, callUuid, placedAt } = held;
    if (callUuid !== null && callUuid !== legUuid) return;
    const wasAnswered = told.answeredAt !== null || (told.durationSeconds ?? 0) > 0 || told.callStatus === 'completed';
    const isHeard = await isKnownCall(tx, accountId, legUuid);
    const now = this.clock.now();
    if (!wasAnswered && !isHeard) {
      const session = await this.findSessionById.run(tx, accountId, sessionId);
      const request = { accountId, sessionId, requestId, placedAt, rung: rungNumber(this.crypto, held), session };
      const { crypto, records } = this;
      await recordLoneLeg(tx, { crypto, records }, request, { legUuid, to, reason: 'unanswered', startedAt, now });
    }
    // Over is over: it holds its session no longer, whatever is still to be found out. Answered, and yet no answer was asked of us: it may still
    // come, or FindLostEnd tells what became of it.
    const status = wasAnswered && !isHeard ? 'placed' : 'over';
    const rung = status === 'over' ? null : held.rung;
    const closed = { callUuid: legUuid, status, rung, pendingUntil: now } as const;
    await CALL_REQUESTS.update(tx, closed, 'WHERE id = ?', [requestId]);
    if (status === 'placed') await followRequest(tx, this.jobs, requestId, now + ANSWER_MAY_COME_MS);
  }
}
