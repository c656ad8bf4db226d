import { Injectable } from '@nestjs/common';
import type { CallSettings } from '../../accounts/index.js';
import { connectXml, gatherDigitsXml, playAndHangupXml } from '../../plivo/index.js';
import { openInteraction, type Route, type SessionRecord } from '../../sessions/index.js';
import { Clock } from '../../platform/clock.js';
import { Config } from '../../platform/settings/config.js';
import { Crypto } from '../../platform/crypto/crypto.js';
import { change, Contended, isDuplicate, type Tx } from '../../platform/database/database.js';
import { Events } from '../../platform/events/events.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import type { E164 } from '../../telephony/phone.js';
import type { CallDecision } from './call-decision.js';
import { answerPlace, callerPlace, dialledPlace } from '../call.entity.js';
import { linkLeg } from '../facts/legs.js';
import { CallEnded, CallFigured, CallStarted, PartyHungUp } from '../call-routing.events.js';
import { spokenRefusal } from './refusal-speech.js';
import { RECONCILE, reconcileAt } from '../records/reconcile-call.js';
import { ReserveSpend } from './reserve-spend.js';
import { tellInteraction } from '../facts/tell-interaction.js';

/** Added to ring time and call limit before a call without an end stops holding its session: set-up and webhooks take a moment. */
const GRACE_SECONDS = 60;
/** Plivo repeats these webhooks on any failure, five times, within 55 s. */
export const REPEAT_POLICY = '#ct=2000&rt=5000&rc=5&rp=all&tt=55000';
const LONGEST_PIN = 15;

/** A call that waits for what to do. */
export interface WaitingCall {
  callId: string;
  accountId: string;
  aLegUuid: string;
  kind: 'inbound' | 'request';
  requestId: string | null;
  caller: E164 | null;
  /** The account's words and allowed countries, read before the transaction. */
  settings: CallSettings;
}

/** Carries out a decision: keeps the call, what it was answered and, when it connects, its conversation; returns the XML. */
@Injectable()
export class CarryOutDecision {
  constructor(
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly crypto: Crypto,
    private readonly events: Events,
    private readonly jobs: Jobs,
    private readonly spendGuard: ReserveSpend,
  ) {}

  /** For a call that has just come in. `isFirstWord`: nothing was heard of it before. */
  async begin(tx: Tx, call: WaitingCall, wanted: CallDecision, isFirstWord: boolean): Promise<string> {
    const decision = await this.spendGuard.run(tx, call, wanted);
    const answer = this.answerFor(call, decision);
    await this.insertCall(tx, call, decision, answer);
    await this.seat(tx, call, decision, isFirstWord);
    return answer;
  }

  /** For a call that was asked for its PIN. */
  async proceed(tx: Tx, call: WaitingCall, wanted: CallDecision): Promise<string> {
    const decision = await this.spendGuard.run(tx, call, wanted);
    const answer = this.answerFor(call, decision);
    await change(
      tx,
      'UPDATE masked_call SET decision = ?, reason = ?, session_id = ?, caller_role = ?, caller = ?, dialled = ?, connected_at = ? WHERE id = ?',
      [
        decision.decision,
        decision.reason,
        decision.seat?.session.id ?? null,
        decision.seat?.role ?? null,
        ...this.sealedNumbers(call, decision),
        this.connectedAt(decision),
        call.callId,
      ],
    );
    // Not the first word: a hang-up may have come while the PIN was typed.
    await this.seat(tx, call, decision, false);
    return answer;
  }

  /** Where Plivo reports what becomes of the call. */
  callUrl(call: { accountId: string; callId: string }, what: string): string {
    return `${this.config.http.publicUrl}/plivo/${call.accountId}/calls/${call.callId}/${what}${REPEAT_POLICY}`;
  }

  private answerFor(call: WaitingCall, decision: CallDecision): string {
    switch (decision.decision) {
      case 'connect':
        return this.connect(call, decision);
      case 'ask-pin':
        return gatherDigitsXml({
          promptUrl: decision.prompt.settings.pin_prompt_play ?? '',
          actionUrl: this.callUrl(call, 'pin/1'),
          numDigits: LONGEST_PIN,
          timeoutSeconds: decision.prompt.settings.pin_retry_wait ?? 5,
        });
      case 'play':
        return playAndHangupXml(decision.url);
      case 'refuse':
        return spokenRefusal(decision.reason, call.settings);
    }
  }

  private connect(call: WaitingCall, { seat, dial }: CallDecision & { decision: 'connect' }): string {
    const { settings, virtualNumber, id } = seat.session;
    const [callerPlay, calleePlay] =
      seat.role === 'first'
        ? [settings.first_party_play_url, settings.second_party_play_url]
        : [settings.second_party_play_url, settings.first_party_play_url];
    const base = `sessions/${id}/calls/${call.callId}`;
    const url = (what: string): string =>
      `${this.config.http.publicUrl}/plivo/${call.accountId}/${base}/${what}${REPEAT_POLICY}`;
    return connectXml({
      ...(callerPlay === '' ? {} : { play: callerPlay }),
      to: dial,
      callerId: virtualNumber as E164,
      timeLimitSeconds: settings.call_time_limit,
      ringTimeoutSeconds: settings.ring_timeout,
      eventUrl: url('dial-event'),
      actionUrl: url('dial-action'),
      ...(calleePlay === '' ? {} : { confirmSoundUrl: url('callee-sound') }),
      ...(settings.record ? { record: { format: settings.record_file_format, callbackUrl: url('recording') } } : {}),
    });
  }

  private async insertCall(tx: Tx, call: WaitingCall, decision: CallDecision, answer: string): Promise<void> {
    const prompt = decision.decision === 'ask-pin' ? decision.prompt : null;
    const place = placeOf(decision.seat, prompt);
    try {
      await tx.query(
        `INSERT INTO masked_call (id, account_id, session_id, virtual_number_id, kind, request_id, a_leg_uuid, caller_role, caller, dialled, prompt_session_id,
           pin_attempts, decision, reason, answer, created_at, connected_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?)`,
        [
          call.callId,
          call.accountId,
          place.sessionId,
          place.virtualNumberId,
          call.kind,
          call.requestId,
          call.aLegUuid,
          place.role,
          ...this.sealedNumbers(call, decision),
          prompt?.id ?? null,
          decision.decision,
          decision.reason,
          this.crypto.seal(answerPlace(call), answer),
          this.clock.now(),
          this.connectedAt(decision),
        ],
      );
    } catch (error) {
      throw isDuplicate(error) ? new Contended() : error;
    }
  }

  private connectedAt({ decision }: CallDecision): number | null {
    return decision === 'connect' ? this.clock.now() : null;
  }

  /** Caller and dialled number of a connected call; the number of somebody who is not connected is not kept. */
  private sealedNumbers(call: WaitingCall, decision: CallDecision): (string | null)[] {
    if (decision.decision !== 'connect') return [null, null];
    // A requested call begins at its first party.
    const caller = call.kind === 'request' ? decision.seat.session.parties.first : call.caller;
    return [
      caller === null ? null : this.crypto.seal(callerPlace(call), caller),
      this.crypto.seal(dialledPlace(call), decision.dial),
    ];
  }

  /** A hang-up that was here first was counted without its call and session. */
  private async figure(tx: Tx, { accountId, aLegUuid }: WaitingCall, isFirstWord: boolean): Promise<void> {
    if (!isFirstWord) await this.events.publish(tx, new CallFigured(accountId, aLegUuid, null, false));
  }

  private async seat(tx: Tx, call: WaitingCall, decision: CallDecision, isFirstWord: boolean): Promise<void> {
    const { callId, accountId, aLegUuid } = call;
    const { seat } = decision;
    const sessionId = seat?.session.id ?? null;
    await linkLeg(tx, { accountId, legUuid: aLegUuid, callId, sessionId, role: seat?.role ?? null });
    if (decision.decision !== 'connect' || !seat) return this.figure(tx, call, isFirstWord);

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
    await this.jobs.enqueue(tx, RECONCILE, { callId }, { runAt: reconcileAt(now, ring_timeout) });
    await this.events.publish(tx, new CallStarted(seat.session, callId, seat.role));

    const isOver = !isFirstWord && (await tellInteraction(tx, this.events, callId));
    await this.figure(tx, call, isFirstWord);
    if (!isOver) return;
    // The call's hang-up was here before this answer: what it told is told now.
    await this.events.publish(tx, new PartyHungUp(accountId, seat.session.id, callId, seat.role, aLegUuid));
    await this.events.publish(tx, new CallEnded(accountId, seat.session.id, callId));
  }
}

function placeOf(seat: Route | null, prompt: SessionRecord | null) {
  const session = seat?.session ?? prompt;
  return {
    sessionId: seat?.session.id ?? null,
    virtualNumberId: session?.virtualNumberId ?? null,
    role: seat?.role ?? null,
  };
}
