import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AccountSettings, microsOf, Spend, type CallSettings } from '../accounts/index.js';
import { callFigures, CallFigured, type CallFigures, type RecordState } from '../call-routing/index.js';
import { ownerOfNumber } from '../number-pool/index.js';
import { chargeCall, nextOpened } from '../sessions/index.js';
import { Clock, hourOf } from '../platform/clock.js';
import { Database, type Tx } from '../platform/database/database.js';
import { orStartOver } from '../platform/database/key-races.js';
import { Events } from '../platform/events/events.js';
import type { E164 } from '../telephony/phone.js';
import { addToStats } from './add-to-stats.js';
import { spentSince } from './read-stats.js';
import { CALL_TALLIES, type CallTally } from './stat.entity.js';
import { minus, NOTHING, type StatPlace, type Sums } from './sums.js';
import { readTallies } from './tallies.js';

const UNKNOWN_NUMBER = 'unknown';

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
    const figures = (await callFigures(tx, accountId, [aLegUuid])).get(aLegUuid);
    // Not ended: it counts when it has.
    if (!figures) return;
    const before = (await readTallies(tx, accountId, [aLegUuid], this.database.forUpdate)).get(aLegUuid) ?? null;
    const settings = await this.settings.read(tx, accountId);
    const after = await this.tallyOf(tx, accountId, figures, before, { settings, virtualNumber });

    const more = after.amount + after.ownAmount - (before ? before.amount + before.ownAmount : 0);
    // The rate outlives a cap that is taken away for a while.
    if (settings.max_rate_per_minute !== null)
      await this.spend.settle(tx, {
        accountId,
        holder: figures.reservedAs,
        at: after.hour,
        micros: more,
        isFinal: isFinal(figures, records),
      });
    if (figures.callId !== null && after.ownAmount > 0) await chargeCall(tx, figures.callId, after.ownAmount);
    if (before && isSame(before, after)) return;
    await keep(tx, after, before);
    await this.move(tx, before, after);
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
      hour: figures.startedAt === null ? (before?.hour ?? hourOf(this.clock.now())) : hourOf(figures.startedAt),
      virtualNumber: await numberOf(tx, accountId, figures, { before, told: virtualNumber }),
      ...countedOf(figures),
      ownAmount: ownAmountOf(figures.billedSeconds, minuteFee),
      minuteFee,
    };
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
    calls: 1,
    connected: Number(tally.isConnected),
    talkSeconds: tally.talkSeconds,
    billedSeconds: tally.billedSeconds,
    amount: tally.amount + tally.ownAmount,
    sessions: 0,
    fees: 0,
  };
}

/** A dialled call without a second leg may yet turn out to have one. */
function isFinal({ isPriced, isDialled, otherLegs }: CallFigures, records: RecordState): boolean {
  return records === 'given-up' || (isPriced && (!isDialled || otherLegs > 0 || records === 'settled'));
}

/**
 * The session's number, otherwise the one that Plivo says was called, if it is one of the account's: whatever else a webhook may name there could
 * be a person's.
 */
async function numberOf(
  tx: Tx,
  accountId: string,
  { sessionId }: CallFigures,
  { before, told }: { before: CallTally | null; told: string | null },
): Promise<string> {
  if (sessionId !== null) {
    if (before?.sessionId === sessionId) return before.virtualNumber;
    const [session] = await nextOpened(tx, { ids: [sessionId] });
    if (session) return session.virtualNumber;
  }
  const isOwn = told !== null && (await ownerOfNumber(tx, told as E164)) === accountId;
  return isOwn ? told : (before?.virtualNumber ?? UNKNOWN_NUMBER);
}

function isSamePlace(one: StatPlace, other: StatPlace): boolean {
  return one.hour === other.hour && one.virtualNumber === other.virtualNumber && one.sessionId === other.sessionId;
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
