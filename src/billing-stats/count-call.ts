import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AccountSettings, microsOf, Spend, type CallSettings } from '../accounts/index.js';
import { callFigures, CallFigured, type CallFigures, type RecordState } from '../call-routing/index.js';
import { lineOfAccount } from '../number-pool/index.js';
import { chargeCall, nextOpened } from '../sessions/index.js';
import { Clock } from '../platform/clock.js';
import { Database, type Tx } from '../platform/database/database.js';
import { orStartOver } from '../platform/database/key-races.js';
import { Events } from '../platform/events/events.js';
import type { E164 } from '../telephony/phone.js';
import { addToStats } from './add-to-stats.js';
import { CallCharged } from './billing-stats.events.js';
import { spentSince } from './read-stats.js';
import { CALL_TALLIES, UNKNOWN, type CallTally, type Direction } from './stat.entity.js';
import { minus, NOTHING, quarterOf, type StatPlace, type Sums } from './sums.js';
import { readTallies } from './tallies.js';

const PLACE = [
  'quarter',
  'virtualNumber',
  'direction',
  'subaccountId',
  'sessionId',
] as const satisfies (keyof StatPlace)[];

/**
 * Brings a call into the roll-ups, in the transaction in which its end, or more of its cost, became known. Counting again adds what has changed
 * since: nothing, for a webhook that came twice.
 */
@Injectable()
export class CountCall implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly events: Events,
    private readonly settings: AccountSettings,
    private readonly spend: Spend,
  ) {}

  onModuleInit(): void {
    this.events.subscribe(CallFigured, (tx, event) => this.run(tx, event));
    this.spend.beginDaysWith(spentSince);
  }

  async run(tx: Tx, { accountId, aLegUuid, virtualNumber, records }: CallFigured): Promise<void> {
    // The count is held before it is read what is to be counted: a recount holds nothing else of the call, and would write over what was learned in between.
    const before = (await readTallies(tx, accountId, [aLegUuid], this.database.forUpdate)).get(aLegUuid) ?? null;
    const figures = (await callFigures(tx, accountId, [aLegUuid])).get(aLegUuid);
    // Not ended: it counts when it has.
    if (!figures) return;
    const settings = await this.settings.read(tx, accountId);
    const after = await this.tallyOf(tx, accountId, figures, before, { settings, virtualNumber });

    const more = after.amount + after.ownAmount - (before ? before.amount + before.ownAmount : 0);
    // The rate outlives a cap that is taken away for a while.
    if (settings.max_rate_per_minute !== null)
      await this.spend.settle(tx, {
        accountId,
        holder: figures.reservedAs,
        at: after.quarter,
        micros: more,
        isFinal: isFinal(figures, records),
      });
    // Also the nothing that a record may make of it.
    const isCharged = after.ownAmount > 0 || (before?.ownAmount ?? 0) > 0;
    if (figures.callId !== null && isCharged) await chargeCall(tx, figures.callId, after.ownAmount);
    if (before && isSame(before, after)) return;
    await keep(tx, after, before);
    await this.move(tx, before, after);
    await this.tellCost(tx, after, more);
  }

  private async tallyOf(
    tx: Tx,
    accountId: string,
    figures: CallFigures,
    before: CallTally | null,
    { settings, virtualNumber }: { settings: Pick<CallSettings, 'minute_fee'>; virtualNumber: string | null },
  ): Promise<CallTally> {
    const minuteFee = before?.minuteFee ?? microsOf(settings.minute_fee);
    return {
      accountId,
      aLegUuid: figures.aLegUuid,
      quarter: figures.startedAt === null ? (before?.quarter ?? this.quarterNow()) : quarterOf(figures.startedAt),
      direction: directionOf(figures),
      ...(await lineOf(tx, accountId, figures, { before, told: virtualNumber })),
      ...countedOf(figures),
      ownAmount: ownAmountOf(figures.billedSeconds, minuteFee),
      minuteFee,
    };
  }

  private quarterNow(): number {
    return quarterOf(this.clock.now());
  }

  private async tellCost(tx: Tx, { accountId, virtualNumber }: CallTally, micros: number): Promise<void> {
    if (micros !== 0) await this.events.publish(tx, new CallCharged(accountId, virtualNumber, micros));
  }

  private async move(tx: Tx, before: CallTally | null, after: CallTally): Promise<void> {
    const old = before ? sumsOf(before) : NOTHING;
    if (before === null || isSamePlace(before, after))
      return addToStats(tx, this.database, after, minus(sumsOf(after), old));
    await addToStats(tx, this.database, before, minus(NOTHING, old));
    await addToStats(tx, this.database, after, sumsOf(after));
  }
}

/** What of the figures is counted as it is. */
export function countedOf({ sessionId, isConnected, talkSeconds, billedSeconds, amount }: CallFigures) {
  return { sessionId, isConnected, talkSeconds, billedSeconds, amount };
}

/** Plivo bills whole minutes; should it ever not, a part of one counts in proportion, rounded up. */
export function ownAmountOf(billedSeconds: number, minuteFee: number): number {
  return Math.ceil((billedSeconds * minuteFee) / 60);
}

/** What a counted call adds to every sum that it counts in. */
export function sumsOf(tally: CallTally): Sums {
  return {
    ...NOTHING,
    calls: 1,
    connected: Number(tally.isConnected),
    talkSeconds: tally.talkSeconds,
    billedSeconds: tally.billedSeconds,
    amount: tally.amount + tally.ownAmount,
    ownAmount: tally.ownAmount,
  };
}

/** A dialled call without a second leg may yet turn out to have one. */
function isFinal({ isPriced, isDialled, otherLegs }: CallFigures, records: RecordState): boolean {
  return records === 'given-up' || (isPriced && (!isDialled || otherLegs > 0 || records === 'settled'));
}

/**
 * The session's number and subaccount, otherwise the number that Plivo says was called, or that the call came to, if it is one of the account's: whatever
 * else a webhook may name there could be a person's.
 */
async function lineOf(
  tx: Tx,
  accountId: string,
  { sessionId, virtualNumber: called, subaccountId: ofLeg }: CallFigures,
  { before, told }: { before: CallTally | null; told: string | null },
): Promise<Pick<CallTally, 'virtualNumber' | 'subaccountId'>> {
  if (sessionId !== null) {
    if (before?.sessionId === sessionId && before.subaccountId !== UNKNOWN) {
      const { virtualNumber, subaccountId } = before;
      return { virtualNumber, subaccountId };
    }
    const [session] = await nextOpened(tx, { ids: [sessionId] });
    if (session) return { virtualNumber: session.virtualNumber, subaccountId: session.subaccountId ?? '' };
  }
  const own = async (number: string | null): Promise<string | null> =>
    number === null ? null : lineOfAccount(tx, accountId, number as E164);
  const line = (await own(told)) ?? before?.virtualNumber ?? (await own(called)) ?? UNKNOWN;
  // A call whose session was forgotten counts on for the subaccount that the session was of: its leg knows it.
  return { virtualNumber: line, subaccountId: ofLeg ?? '' };
}

/** A leg of which only its end was told may be either. */
export function directionOf({ kind }: Pick<CallFigures, 'kind'>): Direction {
  if (kind === null) return UNKNOWN;
  return kind === 'request' ? 'requested' : 'inbound';
}

function isSamePlace(one: StatPlace, other: StatPlace): boolean {
  return PLACE.every((name) => one[name] === other[name]);
}

function isSame(before: CallTally, after: CallTally): boolean {
  return (Object.keys(after) as (keyof CallTally)[]).every((name) => before[name] === after[name]);
}

async function keep(tx: Tx, tally: CallTally, before: CallTally | null): Promise<void> {
  if (before !== null) {
    const { accountId, aLegUuid, ...told } = tally;
    await CALL_TALLIES.update(tx, told, 'WHERE account_id = ? AND a_leg_uuid = ?', [accountId, aLegUuid]);
    return;
  }
  await orStartOver(CALL_TALLIES.insert(tx, tally));
}
