import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AccountSettings, microsOf } from '../accounts/index.js';
import { ownAmountOf } from '../billing-stats/index.js';
import { CallStarted, ConversationNoted, PinChecked, ReadCallFacts, type CallFacts } from '../call-routing/index.js';
import { SessionsExpired, type ExpiredSession } from '../sessions/index.js';
import { Clock } from '../platform/clock.js';
import type { Tx } from '../platform/database/database.js';
import { Events } from '../platform/events/events.js';
import { AddCallback, eventsTold } from './add-callback.js';
import { callStory, type Chapter } from './call-story.js';
import { CallbackTarget, type Target } from './callback-target.js';
import { hangupEvent, partyEvent, pinEvent, timeoutEvent, type CallbackPayload, type Hangup } from './contract.js';

/** Tells customers what happens in their sessions: each event once, in the transaction that learns of it. */
@Injectable()
export class TellCalls implements OnModuleInit {
  constructor(
    private readonly clock: Clock,
    private readonly events: Events,
    private readonly target: CallbackTarget,
    private readonly addCallback: AddCallback,
    private readonly readCallFacts: ReadCallFacts,
    private readonly accountSettings: AccountSettings,
  ) {}

  onModuleInit(): void {
    this.events.subscribe(CallStarted, (tx, { session, callId }) =>
      this.tellCall(tx, this.target.of(session, 'status'), callId),
    );
    this.events.subscribe(ConversationNoted, async (tx, { accountId, sessionId, callId }) =>
      this.tellCall(tx, await this.target.find(tx, accountId, sessionId, 'status'), callId),
    );
    this.events.subscribe(PinChecked, (tx, checked) => this.tellPin(tx, checked));
    this.events.subscribe(SessionsExpired, (tx, { sessions }) => this.tellTimeouts(tx, sessions));
  }

  /** What was told stays told: the story only grows, and the key (call, event) keeps each chapter single. */
  private async tellCall(tx: Tx, target: Target | null, callId: string): Promise<void> {
    if (!target) return;
    const call = await this.readCallFacts.run(tx, callId);
    if (!call) return;
    const story = callStory(call, target.session.settings.is_pin_authentication_required, this.clock.now());
    const told = await eventsTold(tx, callId);
    for (const chapter of story) {
      if (told.has(chapter.event)) continue;
      await this.addCallback.run(tx, target, await this.payloadOf(tx, target, call, chapter));
    }
  }

  private async payloadOf(tx: Tx, target: Target, call: CallFacts, chapter: Chapter): Promise<CallbackPayload> {
    const occasion = { at: chapter.at, callId: call.callId, ...numbersOf(call, target) };
    if (chapter.outcome) return hangupEvent(chapter.event, occasion, await this.priced(tx, target, chapter.outcome));
    // The story has a PIN chapter only when nobody was asked: an answer to the question is told when it is given.
    if (chapter.event === 'SessionPinAuthenticationStatus') return pinEvent(occasion, 'AuthorizedCaller', 0);
    return partyEvent(chapter.event, occasion);
  }

  private async tellPin(tx: Tx, checked: PinChecked): Promise<void> {
    const { accountId, sessionId, callId, outcome, failures, caller, role, dialled } = checked;
    const target = await this.target.find(tx, accountId, sessionId, 'status');
    if (!target) return;
    const at = this.clock.now();
    const occasion = { at, callId, from: caller ?? '', to: dialled ?? '' };
    // A right PIN in a session that is in use connects nobody: the call is no conversation.
    if (role !== null && dialled !== null) {
      const event = role === 'first' ? 'SessionFirstPartyAnswer' : 'SessionSecondPartyAnswer';
      await this.addCallback.run(tx, target, partyEvent(event, occasion));
    }
    await this.addCallback.run(tx, target, pinEvent(occasion, outcome, failures));
  }

  /** The amount as the API shows it: Plivo's price and the account's own for each minute. */
  private async priced(tx: Tx, { session }: Target, hangup: Hangup): Promise<Hangup> {
    const { minute_fee } = await this.accountSettings.read(tx, session.accountId);
    const own = ownAmountOf(hangup.billedSeconds, microsOf(minute_fee));
    return { ...hangup, amountMicros: hangup.amountMicros + own };
  }

  /** An end by delete is the customer's own doing, and not told. */
  private tellTimeouts(tx: Tx, sessions: readonly ExpiredSession[]): Promise<void> {
    const told = sessions.flatMap((session) => {
      const target = this.target.of(session, 'status');
      return target === null ? [] : [{ target, payload: timeoutEvent(session.endedAt) }];
    });
    return this.addCallback.ofMany(tx, told);
  }
}

/** Of the call as it was; a call that dialled nobody is told with the other party as it is. Who was rung may be no party any more. */
function numbersOf(call: CallFacts, { session: { parties } }: Target): { from: string; to: string } {
  const own = call.callerRole === 'first' ? parties.first : parties.second;
  const other = call.callerRole === 'first' ? parties.second : parties.first;
  if (call.decision === 'connect') return { from: call.caller ?? '', to: call.dialled ?? other ?? '' };
  return { from: (call.kind === 'request' ? call.caller : null) ?? own ?? '', to: other ?? '' };
}
