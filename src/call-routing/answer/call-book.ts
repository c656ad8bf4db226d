import { Injectable } from '@nestjs/common';
import type { CallSettings } from '../../accounts/index.js';
import { LONGEST_PIN, longestPin } from '../../number-pool/index.js';
import { openInteraction, SessionRecords, type Route, type SessionRecord } from '../../sessions/index.js';
import { Clock } from '../../platform/clock.js';
import { Crypto } from '../../platform/crypto/crypto.js';
import { late, type Tx } from '../../platform/database/database.js';
import { selection } from '../../platform/database/rows.js';
import { Events } from '../../platform/events/events.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import { Config } from '../../platform/settings/config.js';
import { hangupXml } from '../../plivo/index.js';
import type { E164 } from '../../telephony/phone.js';
import { answerPlace, callerPlace, CALLS, dialledPlace, STEP_ANSWERS, stepAnswerPlace } from '../call.entity.js';
import { CallEnded, CallFigured, CallStarted, CallUnconnected, PartyHungUp } from '../call-routing.events.js';
import { askAfterRinging } from '../facts/ask-for-records.js';
import { addALeg, linkLeg } from '../facts/legs.js';
import { tellInteraction } from '../facts/tell-interaction.js';
import { answerXml, askForPin } from './answer-xml.js';
import type { CallDecision } from './call-decision.js';
import { ReserveSpend } from './reserve-spend.js';
import { outcomeNow, tellDecided, tellRefusal } from './tell-refusal.js';

/** Added to ring time and call limit before a call without an end stops holding its session: set-up and webhooks take a moment. */
const GRACE_SECONDS = 60;

const EARLIER = selection(CALLS.pick(['id', 'answer', 'endedAt']));
const EARLIER_AT_STEP = selection(STEP_ANSWERS.pick(['answer']));

/** A later question of a call, such as `pin-1`. */
interface CallStep {
  callId: string;
  accountId: string;
  step: string;
}

/** A call that waits for what to do. */
export interface WaitingCall {
  callId: string;
  accountId: string;
  aLegUuid: string;
  kind: 'inbound' | 'request';
  requestId: string | null;
  /** Of a requested call its first party. */
  caller: E164 | null;
  /** The account's words and allowed countries, read before the transaction. */
  settings: CallSettings;
  /** Attempts that failed before the PIN was right; left out where none was. */
  wrongPins?: number;
}

/** A call that has just come in. */
export interface NewCall extends WaitingCall {
  /** The number that was called, or that calls; null where it is no number. */
  virtualNumber: string | null;
}

/** Carries out what was decided: keeps the call, what it was answered and, when it connects, its conversation; returns the XML. */
@Injectable()
export class CallBook {
  constructor(
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly crypto: Crypto,
    private readonly events: Events,
    private readonly jobs: Jobs,
    private readonly reserveSpend: ReserveSpend,
    private readonly records: SessionRecords,
  ) {}

  /**
   * How each call begins. `earlier` is what it was answered when it first asked, to the byte, as long as it lasts; afterwards nobody asks but whoever has
   * kept the webhook, and is told no number. `isFirstWord`: nothing was heard of it before.
   */
  async open(tx: Tx, accountId: string, aLegUuid: string): Promise<{ earlier: string | null; isFirstWord: boolean }> {
    if (await addALeg(tx, accountId, aLegUuid)) return { earlier: null, isFirstWord: true };
    const [call] = await EARLIER.read(tx, 'FROM masked_call WHERE account_id = ? AND a_leg_uuid = ?', [
      accountId,
      aLegUuid,
    ]);
    if (!call) return { earlier: null, isFirstWord: false };
    if (call.endedAt !== null) return { earlier: hangupXml(), isFirstWord: false };
    return { earlier: this.crypto.open(answerPlace({ callId: call.id, accountId }), call.answer), isFirstWord: false };
  }

  /** `isFirstWord`: nothing was heard of it before. */
  async enter(tx: Tx, call: NewCall, wanted: CallDecision, isFirstWord: boolean): Promise<string> {
    const { decision, count } = await this.reserveSpend.run(tx, call, wanted);
    const mostDigits =
      decision.decision === 'ask-pin'
        ? await this.pinDigits(tx, decision.prompt, decision.seat?.role ?? null)
        : undefined;
    // A call that we have placed begins when its first party answers.
    const answer = answerXml(this.config, { ...call, isAnswered: call.kind === 'request' }, decision, mostDigits);
    await this.insertCall(tx, call, decision, answer);
    await tellRefusal(tx, this.events, call, decision);
    await this.seat(tx, call, decision, isFirstWord);
    // The hang-up of a caller that nobody was dialled for was here first.
    if (!isFirstWord && decision.decision !== 'connect') await tellInteraction(tx, this.events, call.callId);
    await count();
    return answer;
  }

  /** For a call that was asked for its PIN. */
  async proceed(tx: Tx, call: WaitingCall, wanted: CallDecision): Promise<string> {
    const { decision, count } = await this.reserveSpend.run(tx, call, wanted);
    const decided = {
      decision: decision.decision,
      reason: decision.reason,
      outcome: outcomeNow(decision),
      ...placeOf(decision),
      // Known since the call came in, except where an earlier version took it.
      ...(decision.decision === 'connect' ? this.callerOf(call) : {}),
      ...this.otherOf(call, decision),
    };
    await CALLS.update(tx, decided, 'WHERE id = ?', [call.callId]);
    await tellDecided(tx, this.events, call, decision);
    // Not the first word: a hang-up may have come while the PIN was typed.
    await this.seat(tx, call, decision, false);
    await count();
    return answerXml(this.config, { ...call, isAnswered: true }, decision);
  }

  /** `role`: of a registered caller that must show its own PIN; null for a stranger. */
  async askAgain(
    tx: Tx,
    call: WaitingCall,
    { prompt, role, attempt }: { prompt: SessionRecord; role: Route['role'] | null; attempt: number },
  ): Promise<string> {
    const mostDigits = await this.pinDigits(tx, prompt, role);
    return askForPin(this.config, call, prompt, { attempt, mostDigits });
  }

  /**
   * Digits after which typing is over. Of a stranger the number's longest PIN: which session it wants is not known yet. Of a registered caller its
   * own PIN's, because no other opens anything for it: were it the number's longest, it would wait for the time-out wherever a stranger's PIN is
   * longer. Whoever shows that number learns how many digits its PIN has, which the customer's prompt mostly says.
   */
  private async pinDigits(tx: Tx, prompt: SessionRecord, role: Route['role'] | null): Promise<number> {
    if (role === null) return longestPin(tx, prompt.virtualNumberId, this.clock.now());
    return prompt.parties[`${role}Pin`]?.length ?? LONGEST_PIN;
  }

  /** What the call, which is on, was answered at this step; null the first time. */
  async earlierAt(tx: Tx, at: CallStep): Promise<string | null> {
    const [earlier] = await EARLIER_AT_STEP.read(tx, 'FROM call_answer WHERE call_id = ? AND step = ?', [
      at.callId,
      at.step,
    ]);
    return earlier ? this.crypto.open(stepAnswerPlace(at), earlier.answer) : null;
  }

  async keepAt(tx: Tx, at: CallStep, answer: string): Promise<void> {
    const sealed = this.crypto.seal(stepAnswerPlace(at), answer);
    await STEP_ANSWERS.insert(tx, { callId: at.callId, step: at.step, answer: sealed });
  }

  private async insertCall(tx: Tx, call: NewCall, decision: CallDecision, answer: string): Promise<void> {
    const prompt = decision.decision === 'ask-pin' ? decision.prompt : null;
    const session = decision.seat?.session ?? prompt;
    await CALLS.insert(late(tx), {
      id: call.callId,
      accountId: call.accountId,
      ...placeOf(decision),
      virtualNumberId: session?.virtualNumberId ?? null,
      virtualNumber: session?.virtualNumber ?? call.virtualNumber,
      kind: call.kind,
      requestId: call.requestId,
      aLegUuid: call.aLegUuid,
      promptSessionId: prompt?.id ?? null,
      pinAttempts: 0,
      decision: decision.decision,
      reason: decision.reason,
      answer: this.crypto.seal(answerPlace(call), answer),
      createdAt: this.clock.now(),
      outcome: outcomeNow(decision),
      ...this.callerOf(call),
      ...this.otherOf(call, decision),
    });
  }

  /** Sealed, and so that the person's calls are found. */
  private callerOf(call: WaitingCall) {
    const { caller } = call;
    return {
      caller: caller === null ? null : this.crypto.seal(callerPlace(call), caller),
      callerIndex: this.records.partyIndex(call.accountId, caller),
    };
  }

  /** The other party in the same way, also where it was not to be dialled; and from when on it is. */
  private otherOf(call: WaitingCall, decision: CallDecision) {
    const dialled = decision.decision === 'connect' ? decision.dial : wantedBy(decision);
    return {
      dialled: dialled === null ? null : this.crypto.seal(dialledPlace(call), dialled),
      dialledIndex: this.records.partyIndex(call.accountId, dialled),
      connectedAt: decision.decision === 'connect' ? this.clock.now() : null,
    };
  }

  /** A hang-up that was here first was counted without its call and session. */
  private async figure(tx: Tx, { accountId, aLegUuid }: WaitingCall, isFirstWord: boolean): Promise<void> {
    if (!isFirstWord) await this.events.publish(tx, new CallFigured(accountId, aLegUuid, null, 'open'));
  }

  private async seat(tx: Tx, call: WaitingCall, decision: CallDecision, isFirstWord: boolean): Promise<void> {
    const { callId, accountId, aLegUuid } = call;
    const { seat } = decision;
    const { sessionId, callerRole: role } = placeOf(decision);
    const subaccountId = seat?.session.subaccountId ?? null;
    await linkLeg(tx, { accountId, legUuid: aLegUuid, callId, sessionId, subaccountId, role });
    if (decision.decision !== 'connect' || !seat) {
      await this.events.publish(tx, new CallUnconnected(accountId, callId));
      return this.figure(tx, call, isFirstWord);
    }

    const now = this.clock.now();
    const { ring_timeout, call_time_limit } = seat.session.settings;
    const busyUntil = now + (ring_timeout + call_time_limit + GRACE_SECONDS) * 1000;
    await openInteraction(tx, {
      id: callId,
      sessionId: seat.session.id,
      startedAt: now,
      busyUntil,
      role: seat.role,
      legUuid: aLegUuid,
    });
    await askAfterRinging(tx, this.jobs, { callId, now, ringSeconds: ring_timeout });
    await this.events.publish(tx, new CallStarted(seat.session, callId, seat.role));

    const isOver = !isFirstWord && (await tellInteraction(tx, this.events, callId));
    await this.figure(tx, call, isFirstWord);
    if (!isOver) return;
    // The call's hang-up was here before this answer: what it told is told now.
    await this.events.publish(tx, new PartyHungUp(accountId, seat.session.id, callId, seat.role, aLegUuid));
    await this.events.publish(tx, new CallEnded(accountId, seat.session.id, callId));
  }
}

/** Whom a caller that is refused in its seat would have reached: the session's other party, where it has one. */
function wantedBy({ decision, seat }: CallDecision): string | null {
  if (seat === null || (decision !== 'refuse' && decision !== 'redirect')) return null;
  return seat.role === 'first' ? seat.session.parties.second : seat.session.parties.first;
}

/** Where the caller sits; nowhere when it came to no session. */
function placeOf({ seat }: CallDecision) {
  return seat ? { sessionId: seat.session.id, callerRole: seat.role } : { sessionId: null, callerRole: null };
}
