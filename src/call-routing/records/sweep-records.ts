import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Accounts, knownSince, PlivoAccess, subaccountsAtPlivo } from '../../accounts/index.js';
import { ownerOfNumber } from '../../number-pool/index.js';
import { ListingTooLong, PlivoClient, type CallRecord } from '../../plivo/index.js';
import { Clock, HOUR_MS } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { marks, selection } from '../../platform/database/rows.js';
import { Defer, Jobs } from '../../platform/jobs/jobs.js';
import type { E164 } from '../../telephony/phone.js';
import { legsByUuid, type Leg } from '../facts/legs.js';
import { SWEEPS } from './record-sweep.entity.js';
import { factsOfRecord, JoinRecords, virtualNumberOf } from './join-records.js';
import { joinFacts, NOTHING_KNOWN } from '../facts/join-facts.js';

const SWEEP_RECORDS = 'calls.sweep-records';
const LEASE_SECONDS = 120;
/** Records show up some seconds after the end of their leg, in no order that is promised: what is read is read again for a while. */
const LATE_MS = 30_000;
const OVERLAP_MS = 600_000;
/** What was read by a clock that has been set back since, nobody knows: as far back as no call can have been forgotten (`../forget-calls.ts`). */
const SET_BACK_MS = HOUR_MS;
/** Plivo's list has twenty records a page: of two minutes of the default ten calls a second, 120 pages. */
const SLICE_MS = 120_000;
/** After a slice with few records the next may be longer: a week that was slept through by a quiet account is 170 requests, not 5,000. */
const LONGEST_SLICE_MS = 3_600_000;
const FEW_RECORDS = 100;
const SHORTEST_SLICE_MS = 2000;
/** A sweep that fails is tried again soon: what was lost is to be found within 15 minutes. */
const RETRY = { maxAttempts: 1000, retryDelaySeconds: (attempt: number) => Math.min(5 * 2 ** (attempt - 1), 120) };
/** Caught up with in one job, which then begins again. */
const MOST_SLICES = 30;
/** Plivo lists what has ended in the last 30 days at the most; a week of a busy account is thousands of requests already. */
export const FURTHEST_MS = 7 * 86_400_000;

interface Swept {
  accountId: string;
  /** Set: the records of this subaccount, which has a token of its own at Plivo. */
  subaccountId?: string;
}

/**
 * Reads all call records of an account, and apart from them those of each of its subaccounts at Plivo, window by window: twenty legs a request,
 * where asking for each call would take two requests. Finds corrections of what webhooks told, and hang-ups that were lost, of refused calls too.
 * Nothing is written for a leg of which the record tells nothing new.
 */
@Injectable()
export class SweepRecords implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly jobs: Jobs,
    private readonly accounts: Accounts,
    private readonly plivo: PlivoClient,
    private readonly plivoAccess: PlivoAccess,
    private readonly joinRecords: JoinRecords,
  ) {}

  onModuleInit(): void {
    this.jobs.handle<Swept>(SWEEP_RECORDS, { leaseSeconds: LEASE_SECONDS, ...RETRY }, (swept) => this.run(swept));
  }

  /** For the scheduler; returns how many accounts and subaccounts are to be swept. */
  async enqueue(): Promise<number> {
    const all = await this.database.browse(async (manager): Promise<Swept[]> => {
      const accountIds = await this.accounts.ids(manager);
      return [...accountIds.map((accountId) => ({ accountId })), ...(await subaccountsAtPlivo(manager))];
    });
    await this.database.transaction(async (tx) => {
      for (const swept of all)
        await this.jobs.enqueue(tx, SWEEP_RECORDS, { ...swept }, { key: `${SWEEP_RECORDS} ${ownerOf(swept)}` });
    });
    return all.length;
  }

  async run(swept: Swept): Promise<void> {
    const { accountId } = swept;
    const until = this.clock.now() - LATE_MS;
    let from = await this.startOf(ownerOf(swept), until);
    let span = SLICE_MS;
    let longest = LONGEST_SLICE_MS;
    for (let slices = 0; from < until;) {
      if (slices === MOST_SLICES) throw new Defer(1, 'more records to read');
      const end = Math.min(from + span, until);
      const records = await this.recordsBetween(swept, from, end);
      if (records === null) {
        span = longest = Math.ceil((end - from) / 4);
        continue;
      }
      await this.join(accountId, records);
      await this.remember(ownerOf(swept), end);
      from = end;
      slices += 1;
      span = Math.min(records.length < FEW_RECORDS ? span * 4 : SLICE_MS, longest);
    }
  }

  /** Null when there are more than one listing may have: the slice has to be shorter. */
  private async recordsBetween(
    { accountId, subaccountId }: Swept,
    from: number,
    end: number,
  ): Promise<CallRecord[] | null> {
    try {
      return await this.plivo.findCalls(await this.plivoAccess.of(accountId, subaccountId), {
        endedFrom: from,
        // Plivo compares whole seconds.
        endedBefore: end + 1000,
      });
    } catch (error) {
      if (error instanceof ListingTooLong && end - from > SHORTEST_SLICE_MS) return null;
      throw error;
    }
  }

  private async join(accountId: string, records: CallRecord[]): Promise<void> {
    const byCall = new Map<string, CallRecord[]>();
    for (const record of records) {
      const aLegUuid = record.parentCallUuid ?? record.callUuid;
      byCall.set(aLegUuid, [...(byCall.get(aLegUuid) ?? []), record]);
    }
    const uuids = [...new Set([...byCall.keys(), ...records.map(({ callUuid }) => callUuid)])];
    const known = await this.database.browse((manager) => legsByUuid(manager, accountId, uuids));
    for (const [aLegUuid, ofCall] of byCall) {
      const isOurs = known.has(aLegUuid) || (await this.isToPool(accountId, aLegUuid, ofCall));
      if (!isOurs || !ofCall.some((record) => isNews(known.get(record.callUuid), record))) continue;
      await this.database.transaction((tx) => this.joinRecords.run(tx, { accountId, aLegUuid }, ofCall, 'open'));
    }
  }

  /** A call to a number of ours of which no webhook ever arrived. Calls that others make from our numbers are theirs. */
  private async isToPool(accountId: string, aLegUuid: string, records: CallRecord[]): Promise<boolean> {
    const own = records.find(({ callUuid }) => callUuid === aLegUuid);
    const number = own?.direction === 'inbound' ? virtualNumberOf(own) : null;
    if (number === null) return false;
    return (await this.database.read((manager) => ownerOfNumber(manager, number as E164))) === accountId;
  }

  /** The first sweep begins with the account: webhooks may have been lost before there was one, while no process did its jobs. */
  private async startOf(owner: string, until: number): Promise<number> {
    const start = await this.database.read(async (manager) => {
      const [sweep] = await SWEEP.read(manager, BY_OWNER, [owner]);
      if (!sweep) return knownSince(manager, owner);
      const next = sweep.sweptUntil - OVERLAP_MS;
      return next > until ? until - SET_BACK_MS : next;
    });
    return Math.max(start ?? until - OVERLAP_MS, until - FURTHEST_MS);
  }

  /** Never backwards, unless the clock was set back: the next sweep reads the overlap again anyway. */
  private async remember(owner: string, sweptUntil: number): Promise<void> {
    await this.database.transaction(async (tx) => {
      const [known] = await SWEEP.read(tx, `${BY_OWNER} ${this.database.forUpdate}`, [owner]);
      if (!known) await SWEEPS.insert(tx, { accountId: owner, sweptUntil });
      else if (known.sweptUntil < sweptUntil || known.sweptUntil - SET_BACK_MS > this.clock.now())
        await SWEEPS.update(tx, { sweptUntil }, BY_OWNER_ID, [owner]);
    });
  }
}

/** From which end on the records of an account's calls are read next; null where nothing has been read yet. */
export async function willReadFrom(manager: EntityManager, accountId: string): Promise<number | null> {
  const subaccounts = (await subaccountsAtPlivo(manager)).filter((one) => one.accountId === accountId);
  const owners = [accountId, ...subaccounts.map(({ subaccountId }) => subaccountId)];
  const swept = await SWEEP.read(manager, `FROM record_sweep WHERE account_id IN (${marks(owners)})`, owners);
  return swept.length === 0 ? null : Math.min(...swept.map(({ sweptUntil }) => sweptUntil)) - OVERLAP_MS;
}

function ownerOf({ accountId, subaccountId }: Swept): string {
  return subaccountId ?? accountId;
}

const SWEEP = selection(SWEEPS.pick(['sweptUntil']));
const BY_OWNER_ID = 'WHERE account_id = ?';
const BY_OWNER = `FROM record_sweep ${BY_OWNER_ID}`;

/** A bill that is the same in the record is no news, though only the record's is final. */
function isNews(leg: Leg | undefined, record: CallRecord): boolean {
  if (!leg) return true;
  const before = { ...NOTHING_KNOWN, ...leg };
  const after = { ...joinFacts(before, factsOfRecord(record)), isRecorded: before.isRecorded };
  return (Object.keys(after) as (keyof typeof after)[]).some((name) => after[name] !== before[name]);
}
