import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Counter } from 'prom-client';
import { Clock, DAY_MS, dayOf } from '../platform/clock.js';
import { change, Database, type Tx } from '../platform/database/database.js';
import { orStartOver } from '../platform/database/key-races.js';
import { exists, marks, selection } from '../platform/database/rows.js';
import { Events } from '../platform/events/events.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { Log } from '../platform/logging/logger.js';
import { Metrics } from '../platform/metrics.js';
import { SpendCapReached } from './accounts.events.js';
import { microsOf } from './money.js';
import { RESERVATIONS, SPENDS, type AccountSpend } from './spend.entity.js';

const KEPT_DAYS = 40;
const TELL = 'accounts.spend-cap-reached';

/** One account's UTC day; amounts in micro-units. */
export type SpendOfDay = Omit<AccountSpend, 'accountId'>;

const OF_DAY = selection(SPENDS.pick(['day', 'spent', 'reserved', 'isCapReached']));
const HELD = selection(RESERVATIONS.pick(['accountId', 'day', 'amount']));

/** What the calls of an account that began since then have cost, in micro-units. */
type SpentSince = (tx: Tx, accountId: string, since: number) => Promise<number>;

/**
 * Keeps an account's calls within its daily cap: what the longest possible call would cost is reserved before anybody is dialled and given back
 * when the true cost is known, so that any number of calls at once cannot exceed the cap together. Accounts without a cap cost nothing here.
 */
@Injectable()
export class Spend implements OnModuleInit {
  private readonly refusals: Counter;
  private spentSince: SpentSince = async () => 0;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly jobs: Jobs,
    private readonly events: Events,
    private readonly log: Log,
    metrics: Metrics,
  ) {
    this.refusals = new Counter({
      name: 'masking_spend_cap_refusals_total',
      help: 'Calls not dialled because the daily spend cap of their account was reached.',
      registers: [metrics.registry],
    });
  }

  onModuleInit(): void {
    // Not where the call was refused: its caller waits for the answer.
    this.jobs.handle<{ accountId: string; day: number }>(TELL, { leaseSeconds: 30 }, async ({ accountId, day }) => {
      this.log.warn('spend.cap_reached', { account: accountId, day: new Date(day).toISOString().slice(0, 10) });
      await this.database.transaction((tx) => this.events.publish(tx, new SpendCapReached(accountId, day)));
    });
  }

  /**
   * Whether a call that may cost `micros` at the most still fits into the day; if so, that much is kept for it. Asking again for the same holder
   * changes nothing. The operator is told of the first refusal of a day.
   */
  async reserve(
    tx: Tx,
    { accountId, holder, micros, cap }: { accountId: string; holder: string; micros: number; cap: string },
  ): Promise<boolean> {
    if (await exists(tx, 'FROM spend_reservation WHERE holder = ?', [holder])) return true;

    const day = dayOf(this.clock.now());
    await this.addDay(tx, accountId, day);
    // One statement judges and takes: two calls at the edge cannot both see room for one. It is not tried where there is none in sight, so that
    // refusals, of which there may be many at once, wait for nobody.
    const fits = 'account_id = ? AND day = ? AND spent + reserved + ? <= ?';
    const limits = [accountId, day, micros, microsOf(cap)];
    const taken = (await exists(tx, `FROM account_spend WHERE ${fits}`, limits))
      ? await change(tx, `UPDATE account_spend SET reserved = reserved + ? WHERE ${fits}`, [micros, ...limits])
      : 0;
    if (taken === 0) {
      await this.refuse(tx, accountId, day);
      return false;
    }
    await RESERVATIONS.insert(tx, { holder, accountId, day, amount: micros });
    return true;
  }

  /**
   * Books what a call has cost more, or less, than was known; `isFinal` gives its reservation back. The cost counts on the day of the reservation,
   * of a call without one on the day of `at`.
   */
  async settle(
    tx: Tx,
    settled: { accountId: string; holder: string | null; at: number; micros: number; isFinal: boolean },
  ): Promise<void> {
    const { accountId, holder, at, micros, isFinal } = settled;
    const [held] = await HELD.read(tx, 'FROM spend_reservation WHERE holder = ?', [holder ?? '']);
    const freed = held && isFinal ? held.amount : 0;
    if (freed === 0 && micros === 0) return;
    await change(
      tx,
      'UPDATE account_spend SET spent = spent + ?, reserved = reserved - ? WHERE account_id = ? AND day = ?',
      [micros, freed, accountId, held?.day ?? dayOf(at)],
    );
    if (freed > 0) await change(tx, 'DELETE FROM spend_reservation WHERE holder = ?', [holder]);
  }

  /** For a call that certainly was not placed. */
  release(tx: Tx, accountId: string, holder: string): Promise<void> {
    return this.settle(tx, { accountId, holder, at: this.clock.now(), micros: 0, isFinal: true });
  }

  /** Gives back what was kept for calls that are forgotten, of which it never became final what they cost: the day may go on. `holders` as in `reserve`. */
  async forget(tx: Tx, holders: string[]): Promise<void> {
    if (holders.length === 0) return;
    const those = `WHERE holder IN (${marks(holders)})`;
    const held = await HELD.read(
      tx,
      `FROM spend_reservation ${this.database.byPrimaryKey} ${those} ${this.database.forUpdate}`,
      holders,
    );
    if (held.length === 0) return;
    await change(tx, `${this.database.deleteFrom('spend_reservation')} ${those}`, holders);
    for (const { accountId, day, amount } of held)
      await change(tx, 'UPDATE account_spend SET reserved = reserved - ? WHERE account_id = ? AND day = ?', [
        amount,
        accountId,
        day,
      ]);
  }

  /** Names who knows what calls have cost: a cap may be set in the middle of a day. */
  beginDaysWith(spentSince: SpentSince): void {
    this.spentSince = spentSince;
  }

  /** Of the day that it is; null while no call was reserved for on it. */
  async today(accountId: string): Promise<SpendOfDay | null> {
    const place = [accountId, dayOf(this.clock.now())];
    const [today] = await this.database.read((manager) =>
      OF_DAY.read(manager, 'FROM account_spend WHERE account_id = ? AND day = ?', place),
    );
    return today ?? null;
  }

  /** Forgets days long past; returns how many. */
  async purge(): Promise<number> {
    const before = dayOf(this.clock.now()) - KEPT_DAYS * DAY_MS;
    return this.database.transaction(async (tx) => {
      await change(tx, 'DELETE FROM spend_reservation WHERE day < ?', [before]);
      return change(tx, 'DELETE FROM account_spend WHERE day < ?', [before]);
    });
  }

  private async addDay(tx: Tx, accountId: string, day: number): Promise<void> {
    if (await exists(tx, 'FROM account_spend WHERE account_id = ? AND day = ?', [accountId, day])) return;
    const spent = await this.spentSince(tx, accountId, day);
    // Another call of the same account may begin the day; in a new transaction its row is seen.
    await orStartOver(SPENDS.insert(tx, { accountId, day, spent, reserved: 0, isCapReached: false }));
  }

  private async refuse(tx: Tx, accountId: string, day: number): Promise<void> {
    this.refusals.inc();
    const untold = 'account_id = ? AND day = ? AND is_cap_reached = 0';
    if (!(await exists(tx, `FROM account_spend WHERE ${untold}`, [accountId, day]))) return;
    const told = await SPENDS.update(tx, { isCapReached: true }, `WHERE ${untold}`, [accountId, day]);
    if (told > 0) await this.jobs.enqueue(tx, TELL, { accountId, day });
  }
}

/** For an account whose calls were not booked for a while: the next that is reserved for finds out what they have cost. Those that are on go unreserved, as when a cap is new. */
export async function beginDayAnew(tx: Tx, accountId: string, day: number): Promise<void> {
  for (const table of ['spend_reservation', 'account_spend'])
    await change(tx, `DELETE FROM ${table} WHERE day >= ? AND account_id = ?`, [day, accountId]);
}
