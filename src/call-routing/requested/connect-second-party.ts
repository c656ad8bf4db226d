import { Injectable } from '@nestjs/common';
import { hangupXml, type AnswerWebhook, type VerifiedWebhook } from '../../plivo/index.js';
import { FindSessionById } from '../../sessions/index.js';
import { Crypto } from '../../platform/crypto/crypto.js';
import { Database } from '../../platform/database/database.js';
import { NotFound } from '../../platform/errors.js';
import { newId } from '../../platform/ids.js';
import { AnswerDeadline, type IsAwaited } from '../answer/answer-deadline.js';
import { CallBook } from '../answer/call-book.js';
import { decideCall, type CallDecision } from '../answer/call-decision.js';
import { ReadSeat } from '../answer/read-seat.js';
import { CALL_REQUESTS } from '../call-request.entity.js';
import { lockRequest } from './lock-request.js';
import { rungNumber, rungParty } from './rung-party.js';

/**
 * The first party has answered a call that it asked for: the second is dialled. One request is one call; a second call that claims it is hung up,
 * so that nobody is connected twice, and so is who is the first party no more.
 */
@Injectable()
export class ConnectSecondParty {
  constructor(
    private readonly deadline: AnswerDeadline,
    private readonly database: Database,
    private readonly crypto: Crypto,
    private readonly findSessionById: FindSessionById,
    private readonly readSeat: ReadSeat,
    private readonly callBook: CallBook,
  ) {}

  run(webhook: VerifiedWebhook, requestId: string, asked: AnswerWebhook, isAwaited: IsAwaited): Promise<string> {
    const { accountId } = webhook;
    const { callUuid } = asked;
    return this.deadline.transaction(webhook, isAwaited, async (tx, settings, answered) => {
      const { earlier, isFirstWord } = await this.callBook.open(tx, accountId, callUuid);
      answered.isFirstWord = isFirstWord;
      if (earlier !== null) return earlier;

      const request = await lockRequest(tx, this.database, accountId, requestId);
      if (request.callUuid !== null && request.callUuid !== callUuid) return hangupXml();
      await CALL_REQUESTS.update(tx, { status: 'answered', callUuid, rung: null }, 'WHERE id = ?', [requestId]);

      const session = await this.findSessionById.run(tx, accountId, request.sessionId);
      if (!session) throw new NotFound();
      const seat = { session, role: 'first' } as const;
      const rung = rungParty(session, {
        to: asked.to,
        placedAt: request.placedAt,
        rung: rungNumber(this.crypto, request),
      });
      const facts = await this.readSeat.run(tx, session, settings, { requestId });
      const decision: CallDecision = rung.isFirst
        ? decideCall({ kind: 'seated', seat, by: 'request' }, facts)
        : { decision: 'refuse', reason: 'expired', seat };

      const call = {
        callId: newId(),
        accountId,
        aLegUuid: callUuid,
        kind: 'request' as const,
        requestId,
        caller: rung.number,
        virtualNumber: session.virtualNumber,
        settings,
      };
      return this.callBook.enter(tx, call, decision, isFirstWord);
    });
  }
}
