import { Injectable } from '@nestjs/common';
import type { CallSettings } from '../../accounts/index.js';
import type { AnswerWebhook, VerifiedWebhook } from '../../plivo/index.js';
import { hasSpellings, lineOfAccount } from '../../number-pool/index.js';
import { FindSessionById } from '../../sessions/index.js';
import { Contended, type Tx } from '../../platform/database/database.js';
import { newId } from '../../platform/ids.js';
import { spanned } from '../../platform/tracing/spans.js';
import { parseCaller, type E164 } from '../../telephony/phone.js';
import { AnswerDeadline, type IsAwaited } from './answer-deadline.js';
import { CallBook } from './call-book.js';
import { decideCall, handOn, standingOf, type CallDecision } from './call-decision.js';
import { ReadCaller } from './read-caller.js';
import { ReadSeat } from './read-seat.js';

/**
 * Answers Plivo when somebody calls a virtual number: connects a party to the other one of its session, asks for a PIN, plays a file, refuses, or
 * hands on whom no session claims. The same call asking again gets the same bytes.
 */
@Injectable()
export class AnswerCall {
  constructor(
    private readonly deadline: AnswerDeadline,
    private readonly readCaller: ReadCaller,
    private readonly findSessionById: FindSessionById,
    private readonly readSeat: ReadSeat,
    private readonly callBook: CallBook,
  ) {}

  run(webhook: VerifiedWebhook, asked: AnswerWebhook, isAwaited: IsAwaited): Promise<string> {
    return spanned('webhook.answer', {}, () => this.answer(webhook, asked, isAwaited));
  }

  private answer(webhook: VerifiedWebhook, asked: AnswerWebhook, isAwaited: IsAwaited): Promise<string> {
    const { accountId } = webhook;
    return this.deadline.transaction(webhook, isAwaited, async (tx, settings, answered) => {
      const [{ earlier, isFirstWord }, { decision, caller, called }] = await Promise.all([
        this.callBook.open(tx, accountId, asked.callUuid),
        this.decide(tx, accountId, asked, settings),
      ]);
      answered.isFirstWord = isFirstWord;
      if (earlier !== null) return earlier;

      const call = {
        callId: newId(),
        accountId,
        aLegUuid: asked.callUuid,
        kind: 'inbound' as const,
        requestId: null,
        caller,
        // Of a call that somebody placed with this as its answer URL, the other end is no number of ours.
        virtualNumber: asked.direction === 'outbound' ? parseCaller(asked.from) : called,
        settings,
      };
      return this.callBook.enter(tx, call, decision, isFirstWord);
    });
  }

  /** What would become of a call from `from` to `to`. Reads, and keeps the session's row, but changes nothing. */
  async decide(
    tx: Tx,
    accountId: string,
    asked: { to: string; from: string },
    settings: CallSettings,
  ): Promise<{ decision: CallDecision; caller: E164 | null; called: E164 | null }> {
    const told = parseCaller(asked.to);
    // Most numbers have one spelling: then nothing is looked for, and what is asked of the database first goes with what is asked beside this.
    const isSpelt = told !== null && hasSpellings(told);
    const called = isSpelt ? ((await lineOfAccount(tx, accountId, told)) ?? told) : told;
    const { decision, caller } = await this.claim(tx, accountId, { called, from: asked.from }, settings);
    return { decision: handOn(decision, settings.unrouted_url), caller, called };
  }

  /** What the account's sessions make of it. */
  private async claim(
    tx: Tx,
    accountId: string,
    { called, from }: { called: E164 | null; from: string },
    settings: CallSettings,
  ): Promise<{ decision: CallDecision; caller: E164 | null }> {
    const facts = await this.readCaller.run(tx, accountId, called, from);
    const { caller } = facts;
    const standing = standingOf(facts);
    if (standing.kind !== 'seated') return { decision: decideCall(standing, null), caller };

    // An open session was found without holding its row; its conversations may only be judged while it is held.
    const { seat, by } = standing;
    const session = by === 'party' ? seat.session : await this.findSessionById.run(tx, accountId, seat.session.id);
    if (session === null) return { decision: decideCall(standing, null), caller };
    // Whoever kept the row until now has given the place to somebody, who may be the caller: a second look tells.
    if (by === 'open-session' && session.parties[seat.role] !== null) throw new Contended();

    const seatFacts = await this.readSeat.run(tx, session, settings, { caller, busy: facts.busy });
    return { decision: decideCall({ kind: 'seated', seat: { session, role: seat.role }, by }, seatFacts), caller };
  }
}
