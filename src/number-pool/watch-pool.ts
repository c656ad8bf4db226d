import { Injectable } from '@nestjs/common';
import { Clock, DAY_MS, dayOf } from '../platform/clock.js';
import { change, Database, type Tx } from '../platform/database/database.js';
import { orStartOver } from '../platform/database/key-races.js';
import { selection } from '../platform/database/rows.js';
import { Events } from '../platform/events/events.js';
import { PEAK_DAYS } from './forecast-pool.js';
import { PoolRanLow } from './number-pool.events.js';
import { PoolFigures, type PoolFigure } from './pool-figures.js';
import { POOL_PEAKS } from './pool-peak.entity.js';

/** Of the numbers that take sessions, the part that should be to spare. */
const LEAST_HEADROOM = 0.2;

/** A pool that stays low is told again after so long. */
const QUIET_MS = 300_000;

const OF_DAY = selection(POOL_PEAKS.pick(['accountId', 'subaccountId', 'country', 'numbersNeeded']));

/** Keeps the peaks of the day, and tells of pools that have little to spare. What is between two looks is not seen. */
@Injectable()
export class WatchPool {
  /** When each low pool was last told of, by this process. */
  private told = new Map<string, number>();

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly events: Events,
    private readonly figures: PoolFigures,
  ) {}

  /** Returns of how many pools. */
  async run(): Promise<number> {
    const { items } = await this.figures.run({});
    const taken = items.flatMap((pool) =>
      pool.numbers_needed === null ? [] : [{ pool, needed: pool.numbers_needed }],
    );
    const now = this.clock.now();
    const day = dayOf(now);
    const told = new Map([...this.told].filter(([, at]) => now - at < QUIET_MS));
    await this.database.transaction(async (tx) => {
      const rows = await OF_DAY.read(tx, 'FROM pool_peak WHERE day = ?', [day]);
      const known = new Map(rows.map((row) => [nameOf(row.accountId, row.subaccountId, row.country), row]));
      if (rows.length === 0) await this.forget(tx, day);
      for (const { pool, needed } of taken) {
        const { account, subaccount, country } = pool;
        const name = nameOf(account, subaccount ?? '', country);
        const peak = known.get(name);
        await this.keep(tx, { pool, day, needed, before: peak?.numbersNeeded ?? null });
        if (isLow(pool, needed) && !this.isTold(name, now)) {
          const figures = { available: pool.available, numbersNeeded: needed };
          await this.events.publish(tx, new PoolRanLow(account, subaccount, country, 0, figures));
          told.set(name, now);
        }
      }
    });
    this.told = told;
    return taken.length;
  }

  private isTold(name: string, now: number): boolean {
    return now - (this.told.get(name) ?? -Infinity) < QUIET_MS;
  }

  private async keep(
    tx: Tx,
    { pool, day, needed, before }: { pool: PoolFigure; day: number; needed: number; before: number | null },
  ): Promise<void> {
    if (before !== null && before >= needed) return;
    const { account, subaccount, country } = pool;
    const place = { accountId: account, subaccountId: subaccount ?? '', country, day };
    if (before === null) return orStartOver(POOL_PEAKS.insert(tx, { ...place, numbersNeeded: needed }));
    await POOL_PEAKS.update(
      tx,
      { numbersNeeded: needed },
      'WHERE account_id = ? AND subaccount_id = ? AND country = ? AND day = ? AND numbers_needed < ?',
      [place.accountId, place.subaccountId, country, day, needed],
    );
  }

  /** Once a day. */
  private async forget(tx: Tx, today: number): Promise<void> {
    await change(tx, 'DELETE FROM pool_peak WHERE day < ?', [today - PEAK_DAYS * DAY_MS]);
  }
}

/** A pool that nobody uses is not low, however small. */
function isLow({ available }: PoolFigure, needed: number): boolean {
  return needed > 0 && available - needed <= LEAST_HEADROOM * available;
}

function nameOf(accountId: string, subaccountId: string, country: string): string {
  return `${accountId}|${subaccountId}|${country}`;
}
