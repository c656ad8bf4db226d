import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Counter } from 'prom-client';
import type { EntityManager } from 'typeorm';
import { Clock, DAY_MS, dayOf } from '../platform/clock.js';
import { change, Contended, Database, type Tx } from '../platform/database/database.js';
import { orStartOver } from '../platform/database/key-races.js';
import { exists, number, selection } from '../platform/database/rows.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { Log } from '../platform/logging/logger.js';
import { Metrics } from '../platform/metrics.js';
import { DAILY_COUNTS, DAILY_DESTINATIONS, type Counted } from './daily.entity.js';

const COUNTS_KEPT_DAYS = 40;
const TELL = 'accounts.daily-cap-reached';

const COUNT = selection(DAILY_COUNTS.pick(['taken']));
const OF_DAY = selection(DAILY_COUNTS.pick(['counted', 'taken']));
const PLACES = selection(DAILY_DESTINATIONS.pick(['day', 'accountId']));
const ON_KEPT_DAYS = 'WHERE day IN (?, ?, ?, ?, ?) AND account_id = ? AND party_index = ?';
const THIS_COUNT = 'day = ? AND account_id = ? AND counted = ?';
/** Its parameter, the phone's index, comes first. */
const OF_PHONE = selection({
  ...DAILY_COUNTS.pick(['taken']),
  isKnown: number(
    'EXISTS (SELECT 1 FROM daily_destination d WHERE d.day = daily_count.day AND d.account_id = daily_count.account_id AND d.party_index = ?)',
  ),
});

type Place = readonly [day: number, accountId: string, counted: Counted];

/**
 * Keeps an account within what it may do in a UTC day: request so many calls, dial so many different phones. Counted in the transaction that does
 * it, by the conditional update of one row, as money is in spend.ts: any number of calls at once cannot exceed a cap together. A cap of 0 is none, and
 * nothing is counted.
 */
@Injectable()
export class DailyCaps implements OnModuleInit {
  private readonly refusals: Counter<'cap'>;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly jobs: Jobs,
    private readonly log: Log,
    metrics: Metrics,
  ) {
    this.refusals = new Counter({
      name: 'masking_daily_cap_refusals_total',
      help: 'Calls not dialled because a daily cap of their account was reached: requested-calls or destinations.',
      labelNames: ['cap'],
      registers: [metrics.registry],
    });
    for (const cap of ['requested-calls', 'destinations']) this.refusals.inc({ cap }, 0);
  }

  onModuleInit(): void {
    this.jobs.handle<{ accountId: string; day: number; counted: Counted }>(
      TELL,
      { leaseSeconds: 30 },
      async ({ accountId, day, counted }) =>
        this.log.warn('daily.cap_reached', {
          account: accountId,
          day: new Date(day).toISOString().slice(0, 10),
          cap: counted,
        }),
    );
  }

  /** Whether one more call may be requested today; if so, it is counted. The operator is told of the first refusal of a day. */
  async takeRequestedCall(tx: Tx, accountId: string, cap: number): Promise<boolean> {
    if (cap === 0) return true;
    const count = [this.today(), accountId, 'requested-calls'] as const;
    const [today] = await COUNT.read(tx, `FROM daily_count WHERE ${THIS_COUNT}`, [...count]);
    if (!today) await this.beginCount(tx, count);
    // Not tried where there is no room in sight, so that refusals, of which there may be many at once, wait for nobody.
    if ((today?.taken ?? 0) < cap && (await this.takeOne(tx, count, cap))) return true;
    await this.refuse(tx, count);
    return false;
  }

  /** For a counted call that certainly was not placed, in the transaction that counted it. */
  async giveBackRequestedCall(tx: Tx, accountId: string): Promise<void> {
    const count = [this.today(), accountId, 'requested-calls'];
    await change(tx, `UPDATE daily_count SET taken = taken - 1 WHERE ${THIS_COUNT} AND taken > 0`, count);
  }

  /**
   * Whether a phone, of which the keyed index is given, may be dialled today: it was before (`known`), or there is room for another one (`new`). What is
   * new is to be counted by `countDestination` in the same transaction, as late as can be: calls of the account wait for each other from there to the
   * commit. A cap of 0 is not asked about.
   */
  async findDestination(
    tx: Tx,
    accountId: string,
    partyIndex: string,
    cap: number,
  ): Promise<'known' | 'new' | 'too-many'> {
    const day = this.today();
    const count = [day, accountId, 'destinations'] as const;
    // One statement for both, so that they are of one moment: the last place may be taken for this very phone.
    const [today] = await OF_PHONE.read(tx, `FROM daily_count WHERE ${THIS_COUNT}`, [partyIndex, ...count]);
    if (!today) await this.beginCount(tx, count);
    if (today?.isKnown) return 'known';
    if ((today?.taken ?? 0) < cap) return 'new';
    await this.refuse(tx, count);
    return 'too-many';
  }

  /** When the last place was taken meanwhile, or for the same phone, all of the transaction runs again and finds it so. */
  async countDestination(tx: Tx, accountId: string, partyIndex: string, cap: number): Promise<void> {
    const day = this.today();
    await orStartOver(DAILY_DESTINATIONS.insert(tx, { day, accountId, partyIndex }));
    if (!(await this.takeOne(tx, [day, accountId, 'destinations'], cap))) throw new Contended();
  }

  /** How many days it is known of a phone that it was dialled. */
  async daysOf(manager: EntityManager, accountId: string, partyIndex: string): Promise<number> {
    const days = await PLACES.read(
      manager,
      `FROM daily_destination ${ON_KEPT_DAYS}`,
      this.keptDaysOf(accountId, partyIndex),
    );
    return days.length;
  }

  /** That this phone was dialled; how many were stays. */
  async forgetPhone(tx: Tx, accountId: string, partyIndex: string): Promise<void> {
    await change(tx, `DELETE FROM daily_destination ${ON_KEPT_DAYS}`, this.keptDaysOf(accountId, partyIndex));
  }

  /** A day is kept beyond its end, and may not have been purged yet. */
  private keptDaysOf(accountId: string, partyIndex: string): unknown[] {
    const today = this.today();
    return [...[1, 0, -1, -2, -3].map((days) => today + days * DAY_MS), accountId, partyIndex];
  }

  /** What was counted today; 0 also for accounts without the cap. */
  async counted(accountId: string): Promise<Record<Counted, number>> {
    const rows = await this.database.read((manager) =>
      OF_DAY.read(manager, 'FROM daily_count WHERE day = ? AND account_id = ?', [this.today(), accountId]),
    );
    const of = (wanted: Counted): number => rows.find(({ counted }) => counted === wanted)?.taken ?? 0;
    return { 'requested-calls': of('requested-calls'), destinations: of('destinations') };
  }

  /** Forgets the phones of all days but this one and the last, an account at a time, and counts long past; returns how many rows. */
  async purge(): Promise<number> {
    const today = this.today();
    const old = 'FROM daily_destination WHERE day < ? GROUP BY day, account_id';
    const places = await this.database.read((manager) => PLACES.read(manager, old, [today - DAY_MS]));
    let forgotten = 0;
    for (const { day, accountId } of places)
      forgotten += await this.database.transaction((tx) =>
        change(tx, 'DELETE FROM daily_destination WHERE day = ? AND account_id = ?', [day, accountId]),
      );
    const counts = await this.database.transaction((tx) =>
      change(tx, 'DELETE FROM daily_count WHERE day < ?', [today - COUNTS_KEPT_DAYS * DAY_MS]),
    );
    return forgotten + counts;
  }

  private today(): number {
    return dayOf(this.clock.now());
  }

  /** Another call of the same account may begin the day; in a new transaction its row is seen. */
  private beginCount(tx: Tx, [day, accountId, counted]: Place): Promise<void> {
    return orStartOver(DAILY_COUNTS.insert(tx, { day, accountId, counted, taken: 0, isCapReached: false }));
  }

  /** One statement judges and takes: two calls at the edge cannot both see room for one. */
  private async takeOne(tx: Tx, count: Place, cap: number): Promise<boolean> {
    const fits = `${THIS_COUNT} AND taken < ?`;
    return (await change(tx, `UPDATE daily_count SET taken = taken + 1 WHERE ${fits}`, [...count, cap])) > 0;
  }

  private async refuse(tx: Tx, [day, accountId, counted]: Place): Promise<void> {
    this.refusals.inc({ cap: counted });
    const untold = `${THIS_COUNT} AND is_cap_reached = 0`;
    if (!(await exists(tx, `FROM daily_count WHERE ${untold}`, [day, accountId, counted]))) return;
    const told = await DAILY_COUNTS.update(tx, { isCapReached: true }, `WHERE ${untold}`, [day, accountId, counted]);
    if (told > 0) await this.jobs.enqueue(tx, TELL, { accountId, day, counted });
  }
}
