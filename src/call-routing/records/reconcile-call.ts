import { Injectable, type OnModuleInit } from '@nestjs/common';
import { PlivoAccess } from '../../accounts/index.js';
import { PlivoClient, type CallRecord } from '../../plivo/index.js';
import { Clock } from '../../platform/clock.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { Jobs, Park, RetryLater } from '../../platform/jobs/jobs.js';
import { selection, type Selected } from '../../platform/database/rows.js';
import { CALLS } from '../call.entity.js';
import { RECONCILE } from '../facts/ask-for-records.js';
import { legsOfCall, type Leg } from '../facts/legs.js';
import { JoinRecords } from './join-records.js';

const LEASE_SECONDS = 60;
/** A lost hang-up is repaired within this of the call's end. */
const ASK_EVERY_SECONDS = 240;
const ASK_SOON_SECONDS = 30;
const RECORDS_WITHIN_MS = 120_000;
/** Plivo cuts every call after a day; a call without a record after this never had one. */
const GIVE_UP_MS = 26 * 3_600_000;

const CALL = selection(CALLS.pick(['accountId', 'aLegUuid', 'createdAt', 'dialStatus']));

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
    this.jobs.handle<{ callId: string }>(RECONCILE, { leaseSeconds: LEASE_SECONDS, maxAttempts: 1000 }, ({ callId }) =>
      this.run(callId),
    );
  }

  async run(callId: string): Promise<void> {
    const found = await this.database.read((manager) => this.load(manager, callId));
    if (!found || isComplete(found.legs)) return;
    const { call, legs } = found;

    const { accountId, aLegUuid, createdAt } = call;
    const credentials = await this.plivoAccess.of(accountId);
    const record = await this.plivo.getCall(credentials, aLegUuid);
    if (record === null) {
      if (this.clock.now() > createdAt + GIVE_UP_MS) {
        await this.database.transaction((tx) => this.joinRecords.run(tx, { accountId, aLegUuid }, [], true));
        throw new Park('Plivo has no record of this call');
      }
      throw new RetryLater(legs.some((leg) => leg.isEnded) ? ASK_SOON_SECONDS : ASK_EVERY_SECONDS, 'no record yet');
    }
    const children = await this.plivo.findCalls(credentials, {
      parentCallUuid: aLegUuid,
      endedFrom: createdAt - 60_000,
    });
    // That both talked tells that there is another leg, whose record is late.
    const isLegMissing = children.length === 0 && call.dialStatus === 'completed';
    const isSettled = this.hasAllRecords(record) && !isLegMissing;
    await this.database.transaction((tx) =>
      this.joinRecords.run(tx, { accountId, aLegUuid }, [record, ...children], isSettled),
    );
    const others = isSettled ? children.length : undefined;
    const isDone = await this.database.read(async (manager) => isComplete(await legsOfCall(manager, callId), others));
    if (!isDone) throw new RetryLater(ASK_SOON_SECONDS, 'a record is still missing');
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
