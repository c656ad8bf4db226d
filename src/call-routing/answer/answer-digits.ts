import { Injectable } from '@nestjs/common';
import type { CallSettings } from '../../accounts/index.js';
import { hangupXml, playAndHangupXml, type GatheredDigits, type VerifiedWebhook } from '../../plivo/index.js';
import { FindSessionById } from '../../sessions/index.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { selection, type Selected } from '../../platform/database/rows.js';
import { NotFound } from '../../platform/errors.js';
import { parseCaller } from '../../telephony/phone.js';
import { CALLS } from '../call.entity.js';
import { JudgePin } from '../pin/judge-pin.js';
import { AnswerDeadline, type IsAwaited } from './answer-deadline.js';
import { CallBook } from './call-book.js';
import { decideCall } from './call-decision.js';
import { ReadSeat } from './read-seat.js';
import { spokenRefusal } from './refusal-speech.js';

const ASKED_CALL = selection(
  CALLS.pick([
    'id',
    'accountId',
    'kind',
    'aLegUuid',
    'sessionId',
    'callerRole',
    'promptSessionId',
    'pinAttempts',
    'decision',
    'endedAt',
  ]),
);

/**
 * Answers Plivo when a caller has typed a PIN, or nothing: connects who typed the right one, asks again, or refuses. Each attempt is judged once,
 * whatever Plivo repeats.
 */
@Injectable()
export class AnswerDigits {
  constructor(
    private readonly deadline: AnswerDeadline,
    private readonly database: Database,
    private readonly findSessionById: FindSessionById,
    private readonly judgePin: JudgePin,
    private readonly readSeat: ReadSeat,
    private readonly callBook: CallBook,
  ) {}

  run(
    webhook: VerifiedWebhook,
    callId: string,
    attempt: number,
    typed: GatheredDigits,
    isAwaited: IsAwaited,
  ): Promise<string> {
    return this.deadline.transaction(webhook, isAwaited, async (tx, settings) => {
      const [call] = await ASKED_CALL.read(
        tx,
        `FROM masked_call WHERE id = ? AND account_id = ? AND a_leg_uuid = ? AND prompt_session_id IS NOT NULL ${this.database.forUpdate}`,
        [callId, webhook.accountId, typed.callUuid],
      );
      if (!call) throw new NotFound();
      const step = { callId, accountId: webhook.accountId, step: `pin-${attempt}` };
      const earlier = await this.callBook.earlierAt(tx, step);
      // After its end nobody asks but whoever has kept the webhook.
      if (earlier !== null) return call.endedAt === null ? earlier : hangupXml();
      if (call.decision !== 'ask-pin' || attempt !== call.pinAttempts + 1) return hangupXml();

      const answer = await this.answer(tx, call, { ...typed, attempt }, settings);

      await CALLS.update(tx, { pinAttempts: attempt }, 'WHERE id = ?', [callId]);
      await this.callBook.keepAt(tx, step, answer);
      return answer;
    });
  }

  private async answer(
    tx: Tx,
    call: Selected<typeof ASKED_CALL>,
    { from, digits, attempt }: GatheredDigits & { attempt: number },
    settings: CallSettings,
  ): Promise<string> {
    const { id: callId, accountId, aLegUuid, kind } = call;
    const prompt = await this.findSessionById.run(tx, accountId, call.promptSessionId ?? '');
    if (!prompt) return spokenRefusal('expired', settings);

    const caller = parseCaller(from);
    const waiting = { callId, accountId, aLegUuid, kind, requestId: null, caller, settings };
    const judged = await this.judgePin.run(tx, { call, prompt, caller, digits, attempt });

    switch (judged.verdict) {
      case 'right': {
        const { seat } = judged;
        const facts = await this.readSeat.run(tx, seat.session, settings, { caller });
        const decision = decideCall({ kind: 'seated', seat, by: 'pin' }, facts);
        return this.callBook.proceed(tx, { ...waiting, wrongPins: attempt - 1 }, decision);
      }
      case 'again':
        return this.callBook.askAgain(tx, waiting, {
          prompt,
          role: call.sessionId === null ? null : call.callerRole,
          attempt: attempt + 1,
        });
      case 'failed': {
        const refusal = { decision: 'refuse', reason: judged.reason, seat: null } as const;
        const refused = await this.callBook.proceed(tx, waiting, refusal);
        const { incorrect_pin_play } = prompt.settings;
        return incorrect_pin_play && judged.reason !== 'wait' ? playAndHangupXml(incorrect_pin_play) : refused;
      }
    }
  }
}
