import { Injectable, type OnModuleInit } from '@nestjs/common';
import { PlivoAccess } from '../accounts/index.js';
import { PlivoClient, type CallRecord } from '../plivo/index.js';
import { lockSession } from '../sessions/index.js';
import { Clock } from '../shared/clock.js';
import { Database, type Tx } from '../shared/database.js';
import { Events } from '../shared/events/events.js';
import { Jobs, Park, RetryLater } from '../shared/jobs/jobs.js';
import { addLeg, legsOfCall, noteLegFacts, type Leg } from './call-legs.js';
import { CallEnded, PartyAnswered, PartyHungUp } from './call-routing.events.js';
import type { LegFacts } from './leg-facts.js';
import { tellInteraction } from './tell-interaction.js';

export const RECONCILE = 'calls.reconcile';
const LEASE_SECONDS = 60;
/** A lost hang-up is repaired within this of the call's end. */
const ASK_EVERY_SECONDS = 240;
const ASK_SOON_SECONDS = 30;
/** Plivo cuts every call after a day; a call without a record after this never had one. */
const GIVE_UP_MS = 26 * 3_600_000;

interface CallRow {
  id: string;
  account_id: string;
  session_id: string;
  caller_role: 'first' | 'second';
  a_leg_uuid: string;
  created_at: number;
}

/** When a call is first looked at: by then it has been answered or given up. */
export function reconcileAt(now: number, ringTimeoutSeconds: number): number {
  return now + (ringTimeoutSeconds + ASK_SOON_SECONDS) * 1000;
}

/**
 * Finds what webhooks did not tell. A call whose facts are complete costs nothing; for another one Plivo's call records are read and joined in as
 * further facts, so that a record and a webhook of the same leg are one truth whichever comes first.
 */
@Injectable()
export class ReconcileCall implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly jobs: Jobs,
    private readonly events: Events,
    private readonly plivo: PlivoClient,
    private readonly plivoAccess: PlivoAccess,
  ) {}

  onModuleInit(): void {
    this.jobs.handle<{ callId: string }>(RECONCILE, { leaseSeconds: LEASE_SECONDS, maxAttempts: 1000 }, ({ callId }) =>
      this.run(callId),
    );
  }

  async run(callId: string): Promise<void> {
    const found = await this.database.read((manager) => this.load(manager, callId));
    if (!found || isComplete(found.legs)) return;
    const { call, legs } = found;

    const credentials = await this.plivoAccess.of(call.account_id);
    const record = await this.plivo.getCall(credentials, call.a_leg_uuid);
    if (record === null) {
      if (this.clock.now() > Number(call.created_at) + GIVE_UP_MS) throw new Park('Plivo has no record of this call');
      throw new RetryLater(legs.some((leg) => leg.isEnded) ? ASK_SOON_SECONDS : ASK_EVERY_SECONDS, 'no record yet');
    }
    const children = await this.plivo.findCalls(credentials, {
      parentCallUuid: call.a_leg_uuid,
      endedFrom: Number(call.created_at) - 60_000,
    });
    await this.database.transaction((tx) => this.join(tx, call, record, children));
    const isSettled = await this.database.read(async (manager) =>
      isComplete(await legsOfCall(manager, callId), children.length),
    );
    if (!isSettled) throw new RetryLater(ASK_SOON_SECONDS, 'a record is still missing');
  }

  private async load(manager: Tx, callId: string): Promise<{ call: CallRow; legs: Leg[] } | null> {
    const [call] = (await manager.query("SELECT * FROM masked_call WHERE id = ? AND decision = 'connect'", [
      callId,
    ])) as CallRow[];
    return call ? { call, legs: await legsOfCall(manager, callId) } : null;
  }

  private async join(tx: Tx, call: CallRow, record: CallRecord, children: CallRecord[]): Promise<void> {
    const { account_id: accountId, session_id: sessionId, caller_role: callerRole } = call;
    await lockSession(tx, this.database, sessionId);
    const otherRole = callerRole === 'first' ? 'second' : 'first';
    for (const [leg, side, role] of [
      [record, 'A', callerRole] as const,
      ...children.map((child) => [child, 'B', otherRole] as const),
    ]) {
      await addLeg(tx, { accountId, legUuid: leg.callUuid, callId: call.id, sessionId, side, role });
      const { before, after } = await noteLegFacts(
        tx,
        { accountId, legUuid: leg.callUuid },
        factsOfRecord(leg),
        this.database.forUpdate,
      );
      if (side === 'B' && !before.isAnswered && after.isAnswered)
        await this.events.publish(tx, new PartyAnswered(accountId, sessionId, call.id, role));
      if (!before.isEnded)
        await this.events.publish(tx, new PartyHungUp(accountId, sessionId, call.id, role, leg.callUuid));
    }
    if (await tellInteraction(tx, call.id, this.clock.now()))
      await this.events.publish(tx, new CallEnded(accountId, sessionId, call.id));
  }
}

/** Every leg has ended and has its price. `children`: how many other legs Plivo knows of; until it was asked, a call without one is not complete. */
function isComplete(legs: Leg[], children?: number): boolean {
  const others = legs.filter((leg) => leg.side === 'B').length;
  const isDialKnown = others > 0 || children === 0;
  return (
    isDialKnown &&
    legs.some((leg) => leg.side === 'A') &&
    legs.every((leg) => leg.isEnded && leg.amount !== null && leg.duration !== null)
  );
}

export function factsOfRecord(record: CallRecord): Partial<LegFacts> {
  return {
    isEnded: true,
    isAnswered: record.answeredAt !== null || (record.durationSeconds ?? 0) > 0,
    startedAt: record.startedAt,
    answeredAt: record.answeredAt,
    endedAt: record.endedAt,
    duration: record.durationSeconds,
    billedDuration: record.billedSeconds,
    amount: record.amountMicros,
    hangupCauseCode: record.hangupCauseCode,
    hangupCauseName: record.hangupCauseName,
    hangupSource: record.hangupSource,
  };
}
