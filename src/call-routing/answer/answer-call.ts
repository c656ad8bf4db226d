import { Injectable } from '@nestjs/common';
import { AccountSettings, type CallSettings } from '../../accounts/index.js';
import type { AnswerWebhook, VerifiedWebhook } from '../../plivo/index.js';
import { FindRoute, FindSessionById, FindStrangers, type Route, type StrangerService } from '../../sessions/index.js';
import { Clock } from '../../platform/clock.js';
import { Crypto } from '../../platform/crypto/crypto.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { newId } from '../../platform/ids.js';
import { parseCaller, type E164 } from '../../telephony/phone.js';
import { answering, beginAnswer, type IsAwaited } from './answering.js';
import { decideCall, isPinForced, standingOf, type CallDecision } from './call-decision.js';
import { CarryOutDecision } from './carry-out-decision.js';
import { PinLocks } from '../pin/pin-locks.js';
import { ReadSeat } from './read-seat.js';

const NOBODY: StrangerService = { open: null, prompt: null, play: null };

/**
 * Answers Plivo when somebody calls a virtual number: connects a party to the other one of its session, asks for a PIN, plays a file, or refuses
 * in a spoken sentence. The same call asking again gets the same bytes.
 */
@Injectable()
export class AnswerCall {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly crypto: Crypto,
    private readonly findRoute: FindRoute,
    private readonly findStrangers: FindStrangers,
    private readonly findSessionById: FindSessionById,
    private readonly pinLocks: PinLocks,
    private readonly readSeat: ReadSeat,
    private readonly directCall: CarryOutDecision,
    private readonly accountSettings: AccountSettings,
  ) {}

  async run(webhook: VerifiedWebhook, asked: AnswerWebhook, isAwaited: IsAwaited): Promise<string> {
    const { accountId } = webhook;
    const settings = await this.accountSettings.of(accountId);
    return answering(this.database, isAwaited, async (tx) => {
      const { earlier, isFirstWord } = await beginAnswer(tx, this.crypto, webhook, asked.callUuid, this.clock.now());
      return earlier ?? this.begin(tx, accountId, asked, settings, isFirstWord);
    });
  }

  private async begin(
    tx: Tx,
    accountId: string,
    asked: AnswerWebhook,
    settings: CallSettings,
    isFirstWord: boolean,
  ): Promise<string> {
    const { decision, caller } = await this.decide(tx, accountId, asked, settings);
    const call = {
      callId: newId(),
      accountId,
      aLegUuid: asked.callUuid,
      kind: 'inbound' as const,
      requestId: null,
      caller,
      settings,
    };
    return this.directCall.begin(tx, call, decision, isFirstWord);
  }

  /** What would become of a call from `from` to `to`. Reads, and keeps the session's row, but changes nothing. */
  async decide(
    tx: Tx,
    accountId: string,
    { to, from }: { to: string; from: string },
    settings: CallSettings,
  ): Promise<{ decision: CallDecision; caller: E164 | null }> {
    const virtualNumber = parseCaller(to);
    const caller = parseCaller(from);
    const party = virtualNumber && caller ? await this.findRoute.run(tx, accountId, virtualNumber, caller) : null;
    // Registered callers on an ordinary session need no more look-ups: this is the common way.
    const strangers =
      party || virtualNumber === null ? NOBODY : await this.findStrangers.run(tx, accountId, virtualNumber);
    const isLocked = await this.isLocked(tx, party, strangers, caller);

    const standing = standingOf({ caller, party, strangers, isLocked });
    if (standing.kind !== 'seated') return { decision: decideCall(standing, null), caller };
    // An open session was found without holding its row; its conversations may only be judged while it is held.
    const session = party ? party.session : await this.findSessionById.run(tx, accountId, standing.seat.session.id);
    const facts = session && (await this.readSeat.run(tx, session, settings, { caller }));
    return {
      decision: decideCall(session ? { ...standing, seat: { ...standing.seat, session } } : standing, facts),
      caller,
    };
  }

  private async isLocked(
    tx: Tx,
    party: Route | null,
    { prompt }: StrangerService,
    caller: E164 | null,
  ): Promise<boolean> {
    const asking = party && isPinForced(party.session) ? party.session : prompt;
    return asking !== null && this.pinLocks.isLocked(tx, asking, caller);
  }
}
