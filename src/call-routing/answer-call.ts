import { Injectable } from '@nestjs/common';
import { connectXml, type AnswerWebhook, type VerifiedWebhook } from '../plivo/index.js';
import { FindRoute, isInProgress, openInteraction, type Route } from '../sessions/index.js';
import { Clock } from '../shared/clock.js';
import { Config } from '../shared/config.js';
import { Crypto } from '../shared/crypto.js';
import { Contended, Database, isDuplicate, type Tx } from '../shared/database.js';
import { Events } from '../shared/events/events.js';
import { newId } from '../shared/ids.js';
import { parseCaller, type E164 } from '../shared/phone.js';
import { decideCall, type CallDecision } from './call-decision.js';
import { addLeg, linkLeg } from './call-legs.js';
import { CallEnded, CallStarted, PartyHungUp } from './call-routing.events.js';
import { spokenRefusal } from './refusal-speech.js';
import { tellInteraction } from './tell-interaction.js';
import { noteReceipt } from './webhook-receipts.js';

/** Added to ring time and call limit before a call without an end stops holding its session: set-up and webhooks take a moment. */
const GRACE_SECONDS = 60;
/** Plivo repeats these webhooks on any failure, five times, within 55 s. */
const REPEAT_POLICY = '#ct=2000&rt=5000&rc=5&rp=all&tt=55000';

interface NewCall {
  callId: string;
  accountId: string;
  aLegUuid: string;
  decision: CallDecision;
  route: Route | null;
  answer: string;
  now: number;
}

/**
 * Answers Plivo when a party calls its virtual number: connects it to the other party of its session, or refuses in a spoken sentence. The
 * same call asking again gets the same bytes.
 */
@Injectable()
export class AnswerCall {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly crypto: Crypto,
    private readonly events: Events,
    private readonly findRoute: FindRoute,
  ) {}

  /** `isAwaited` is asked last: when nobody waits for the answer any more, nothing of it is kept. */
  run(webhook: VerifiedWebhook, asked: AnswerWebhook, isAwaited: () => boolean): Promise<string> {
    return this.database.transaction(async (tx) => {
      await noteReceipt(tx, webhook, this.clock.now());
      const leg = {
        accountId: webhook.accountId,
        legUuid: asked.callUuid,
        callId: null,
        sessionId: null,
        side: 'A',
        role: null,
      } as const;
      const isFirstWord = await addLeg(tx, leg);
      const earlier = isFirstWord ? null : await this.earlierAnswer(tx, webhook.accountId, asked.callUuid);

      const answer = earlier ?? (await this.decide(tx, webhook.accountId, asked, isFirstWord));
      if (!isAwaited()) throw new Error('the answer came too late');
      return answer;
    });
  }

  private async earlierAnswer(tx: Tx, accountId: string, callUuid: string): Promise<string | null> {
    const [call] = (await tx.query('SELECT id, answer FROM masked_call WHERE account_id = ? AND a_leg_uuid = ?', [
      accountId,
      callUuid,
    ])) as {
      id: string;
      answer: string;
    }[];
    return call
      ? this.crypto.open({ column: 'masked_call.answer', row: call.id, account: accountId }, call.answer)
      : null;
  }

  private async decide(tx: Tx, accountId: string, asked: AnswerWebhook, isFirstWord: boolean): Promise<string> {
    const now = this.clock.now();
    const virtualNumber = parseCaller(asked.to);
    const caller = parseCaller(asked.from);
    const route = virtualNumber && caller ? await this.findRoute.run(tx, accountId, virtualNumber, caller) : null;
    const isBusy = route !== null && (await isInProgress(tx, route.session.id, now));
    const decision = decideCall({ virtualNumber, caller, route, isInProgress: isBusy });

    const callId = newId();
    const answer =
      decision.decision === 'refuse' || !route
        ? spokenRefusal(refusalOf(decision))
        : this.connect(route, decision.dial, callId);
    const call = { callId, accountId, aLegUuid: asked.callUuid, decision, route, answer, now };
    await this.record(tx, call);
    if (decision.decision === 'connect' && route) await this.open(tx, { ...call, route }, isFirstWord);
    return answer;
  }

  private async open(
    tx: Tx,
    { callId, accountId, aLegUuid, route, now }: NewCall & { route: Route },
    isFirstWord: boolean,
  ): Promise<void> {
    const { session, role } = route;
    const { ring_timeout, call_time_limit } = session.settings;
    const busyUntil = now + (ring_timeout + call_time_limit + GRACE_SECONDS) * 1000;
    await openInteraction(tx, {
      id: callId,
      sessionId: session.id,
      startedAt: now,
      busyUntil,
      role,
      legUuid: aLegUuid,
    });
    await this.events.publish(tx, new CallStarted(accountId, session.id, callId, role));

    if (isFirstWord || !(await tellInteraction(tx, callId))) return;
    // The call's hang-up was here before its answer: what it told is told now.
    await this.events.publish(tx, new PartyHungUp(accountId, session.id, callId, role, aLegUuid));
    await this.events.publish(tx, new CallEnded(accountId, session.id, callId));
  }

  private connect({ session }: Route, dial: E164, callId: string): string {
    const base = `${this.config.http.publicUrl}/plivo/${session.accountId}/sessions/${session.id}/calls/${callId}`;
    return connectXml({
      to: dial,
      callerId: session.virtualNumber as E164,
      timeLimitSeconds: session.settings.call_time_limit,
      ringTimeoutSeconds: session.settings.ring_timeout,
      eventUrl: `${base}/dial-event${REPEAT_POLICY}`,
      actionUrl: `${base}/dial-action${REPEAT_POLICY}`,
    });
  }

  private async record(tx: Tx, call: NewCall): Promise<void> {
    const { callId, accountId, decision } = call;
    const place = call.route ? placeOf(call.route) : NOWHERE;
    try {
      await tx.query(
        `INSERT INTO masked_call (id, account_id, session_id, virtual_number_id, a_leg_uuid, caller_role, decision, reason, answer, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        [
          callId,
          accountId,
          place.sessionId,
          place.virtualNumberId,
          call.aLegUuid,
          place.role,
          decision.decision,
          decision.reason,
          this.crypto.seal({ column: 'masked_call.answer', row: callId, account: accountId }, call.answer),
          call.now,
        ],
      );
    } catch (error) {
      throw isDuplicate(error) ? new Contended() : error;
    }
    await linkLeg(tx, { accountId, legUuid: call.aLegUuid, callId, ...place });
  }
}

/** A call that belongs to no session. */
const NOWHERE = { sessionId: null, virtualNumberId: null, role: null };

function placeOf({ session, role }: Route) {
  return { sessionId: session.id, virtualNumberId: session.virtualNumberId, role };
}

function refusalOf(decision: CallDecision) {
  return decision.decision === 'refuse' ? decision.reason : 'stranger';
}
