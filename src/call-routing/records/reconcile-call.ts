import { Injectable, type OnModuleInit } from '@nestjs/common';
import { PlivoAccess } from '../../accounts/index.js';
import { PlivoClient, type CallRecord } from '../../plivo/index.js';
import { subaccountOf } from '../../sessions/index.js';
import { Clock, HOUR_MS } from '../../platform/clock.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { Defer, Jobs, Park } from '../../platform/jobs/jobs.js';
import { selection, type Selected } from '../../platform/database/rows.js';
import { CALLS } from '../call.entity.js';
import { RECONCILE } from '../facts/ask-for-records.js';
import { legsOfCall, type Leg } from '../facts/legs.js';
import { JoinRecords } from './join-records.js';

const LEASE_SECONDS = 60;
/** A lost hang-up is repaired within this of the call's end. */
const ASK_EVERY_SECONDS = 240;
const ASK_SOON_SECONDS = 30;
/** While a record is expected any moment; one that has not come by then may come much later or never. */
const SOON_FOR_MS = HOUR_MS;
const RECORDS_WITHIN_MS = 120_000;
/** Plivo cuts every call after a day; what it has not told an hour after that is not waited for. With the pause between questions: within 26 h. */
const GIVE_UP_MS = 25 * HOUR_MS;
/** More than there are questions until then: the end is a matter of time, not of how often Plivo was away. */
const MAX_ATTEMPTS = 10_000;

const CALL = selection(CALLS.pick(['accountId', 'sessionId', 'aLegUuid', 'createdAt', 'dialStatus']));

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
    private readonly joinRecords: JoinRecords,
    private readonly plivo: PlivoClient,
    private readonly plivoAccess: PlivoAccess,
  ) {}

  onModuleInit(): void {
    const options = {
      leaseSeconds: LEASE_SECONDS,
      maxAttempts: MAX_ATTEMPTS,
      retryDelaySeconds: () => ASK_EVERY_SECONDS,
    };
    this.jobs.handle<{ callId: string }>(RECONCILE, options, ({ callId }) => this.run(callId));
  }

  async run(callId: string): Promise<void> {
    const found = await this.database.read((manager) => this.load(manager, callId));
    if (!found || isComplete(found.legs)) return;
    const { call, legs } = found;
    const isLate = this.clock.now() >= call.createdAt + GIVE_UP_MS;

    const records = await this.recordsOf(call, legs).catch((error: unknown) => {
      if (!isLate) throw error;
      return [];
    });
    const [own, ...children] = records;
    if (!own && !isLate) throw this.askAgain(call, legs, 'no record yet');
    // That both talked tells that there is another leg, whose record is late.
    const isLegMissing = children.length === 0 && call.dialStatus === 'completed';
    const isSettled = own !== undefined && this.hasAllRecords(own) && !isLegMissing;
    const place = { accountId: call.accountId, aLegUuid: call.aLegUuid };
    await this.database.transaction(async (tx) => {
      // Forgotten while Plivo was asked: its leg would be counted anew.
      if ((await this.load(tx, callId)) === null) return;
      await this.joinRecords.run(tx, place, records, isLate ? 'given-up' : isSettled ? 'settled' : 'open');
    });

    const others = isSettled ? children.length : undefined;
    const known = await this.database.read((manager) => legsOfCall(manager, callId));
    if (isComplete(known, others)) return;
    if (isLate) throw new Park(own ? 'Plivo never had all records of this call' : 'Plivo has no record of this call');
    throw this.askAgain(call, known, 'a record is still missing');
  }

  /** The caller's leg first; nothing when Plivo does not know it. */
  private async recordsOf(call: Selected<typeof CALL>, legs: Leg[]): Promise<CallRecord[]> {
    const { accountId, sessionId, aLegUuid, createdAt } = call;
    // Of a session that was erased its legs know it.
    const subaccountId =
      sessionId === null
        ? (legs[0]?.subaccountId ?? null)
        : await this.database.read((manager) => subaccountOf(manager, sessionId));
    const credentials = await this.plivoAccess.of(accountId, subaccountId);
    const own = await this.plivo.getCall(credentials, aLegUuid);
    if (own === null) return [];
    const children = await this.plivo.findCalls(credentials, {
      parentCallUuid: aLegUuid,
      endedFrom: createdAt - 60_000,
    });
    return [own, ...children];
  }

  private askAgain({ createdAt }: Selected<typeof CALL>, legs: Leg[], reason: string): Defer {
    const ends = legs.filter(({ isEnded }) => isEnded).map(({ endedAt }) => endedAt ?? createdAt);
    const isSoon = ends.some((end) => end > this.clock.now() - SOON_FOR_MS);
    return new Defer(isSoon ? ASK_SOON_SECONDS : ASK_EVERY_SECONDS, reason);
  }

  private async load(manager: Tx, callId: string): Promise<{ call: Selected<typeof CALL>; legs: Leg[] } | null> {
    const [call] = await CALL.read(manager, "FROM masked_call WHERE id = ? AND decision = 'connect'", [callId]);
    return call ? { call, legs: await legsOfCall(manager, callId) } : null;
  }

  /** The legs of a call get their records one after the other; that there is no other leg may be believed after a while. */
  private hasAllRecords({ endedAt }: CallRecord): boolean {
    return (endedAt ?? 0) <= this.clock.now() - RECORDS_WITHIN_MS;
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
