import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock, HOUR_MS, hourOf } from '../platform/clock.js';
import { Additions } from '../platform/database/additions.js';
import { change, Database, type Tx } from '../platform/database/database.js';
import { number, selection } from '../platform/database/rows.js';
import { WrittenLater } from '../platform/database/written-later.js';
import { Events } from '../platform/events/events.js';
import { Log } from '../platform/logging/logger.js';
import { measurePools, type MeasuredPool } from './measure-pool.js';
import { PoolRanLow } from './number-pool.events.js';
import { NUMBERS } from './virtual-number.entity.js';
import { REFUSALS } from './pool-refusal.entity.js';

const SHOWN_HOURS = 24;

const TO_HOUR = new Additions(REFUSALS, ['accountId', 'subaccountId', 'callingCode', 'hour'], ['refusals']);

const COUNTRY = selection(NUMBERS.pick(['country']));
const SHOWN = selection({
  ...REFUSALS.pick(['accountId', 'subaccountId', 'callingCode']),
  refusals: number('SUM(refusals)'),
});

/** The pool that a refused session wanted a number of. */
export interface WantedPool {
  accountId: string;
  /** Null: the main account's. */
  subaccountId: string | null;
  /** Null: a number of any country would have done. */
  callingCode: string | null;
}

/** How many sessions a pool refused lately. */
export interface PoolRefusal extends WantedPool {
  refusals: number;
}

type Counted = PoolRefusal & { hour: number };
/** `code`: of the error that the client was told. */
type RefusalListener = (pool: WantedPool, code: string) => void;

/** Counts sessions that were refused because no number was left: the refused transaction keeps nothing, and an exhausted pool refuses many a second. */
@Injectable()
export class PoolRefusals implements OnModuleDestroy {
  private readonly counted: WrittenLater<Counted>;
  private readonly listeners: RefusalListener[] = [];

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly events: Events,
    log: Log,
  ) {
    this.counted = new WrittenLater({
      add: (older, newer) => ({ ...older, refusals: older.refusals + newer.refusals }),
      write: (rows) => this.keep(rows),
      onFailure: (error) => log.warn('pool.refusals_unwritten', { error }),
    });
  }

  /** Calls `listener` at each refusal, in the process that refuses. */
  onRefusal(listener: RefusalListener): void {
    this.listeners.push(listener);
  }

  note({ accountId, subaccountId, callingCode }: WantedPool, code: string): void {
    for (const listener of this.listeners) listener({ accountId, subaccountId, callingCode }, code);
    const hour = hourOf(this.clock.now());
    const key = `${accountId}|${subaccountId ?? ''}|${callingCode ?? ''}|${hour}`;
    this.counted.note(key, { accountId, subaccountId, callingCode, hour, refusals: 1 });
  }

  /** Adds what was counted to the rows now. */
  write(): Promise<void> {
    return this.counted.write();
  }

  async onModuleDestroy(): Promise<void> {
    await this.write();
  }

  private async keep(rows: Counted[]): Promise<void> {
    const now = this.clock.now();
    const oldest = hourOf(now) - SHOWN_HOURS * HOUR_MS;
    const { pools } = await this.database.browse((manager) => measurePools(manager, this.database, now));
    const figures = new Map(pools.map(({ measured }) => [nameOf(measured), figuresOf(measured)]));
    await this.database.transaction(async (tx) => {
      for (const { accountId, subaccountId, callingCode, hour, refusals } of rows) {
        const place = { accountId, subaccountId: subaccountId ?? '', callingCode: callingCode ?? '', hour };
        await TO_HOUR.add(tx, this.database, { ...place, refusals });
      }
      await change(tx, 'DELETE FROM pool_refusal WHERE hour < ?', [oldest]);
      for (const row of rows) await this.tell(tx, row, figures);
    });
  }

  /** In each country whose numbers would have done; of one without numbers there is no pool to run low. */
  private async tell(
    tx: Tx,
    { accountId, subaccountId, callingCode, refusals }: Counted,
    figures: ReadonlyMap<string, PoolRanLow['figures']>,
  ): Promise<void> {
    const fit = `${subaccountId === null ? 'subaccount_id IS NULL' : 'subaccount_id = ?'}${callingCode === null ? '' : ' AND calling_code = ?'}`;
    const found = await COUNTRY.read(
      tx,
      `FROM virtual_number WHERE account_id = ? AND status <> 'retired' AND ${fit} GROUP BY country ORDER BY country`,
      [accountId, ...(subaccountId === null ? [] : [subaccountId]), ...(callingCode === null ? [] : [callingCode])],
    );
    for (const { country } of found) {
      const known = figures.get(nameOf({ account: accountId, subaccount: subaccountId, country })) ?? null;
      await this.events.publish(tx, new PoolRanLow(accountId, subaccountId, country, refusals, known));
    }
  }

  /** Of the last 24 hours, and of the begun one before them. */
  async read(manager: EntityManager): Promise<PoolRefusal[]> {
    const rows = await SHOWN.read(
      manager,
      'FROM pool_refusal WHERE hour >= ? GROUP BY account_id, subaccount_id, calling_code',
      [hourOf(this.clock.now()) - SHOWN_HOURS * HOUR_MS],
    );
    return rows.map((row) => ({
      ...row,
      subaccountId: row.subaccountId === '' ? null : row.subaccountId,
      callingCode: row.callingCode === '' ? null : row.callingCode,
    }));
  }
}

function nameOf({ account, subaccount, country }: Pick<MeasuredPool, 'account' | 'subaccount' | 'country'>): string {
  return `${account}|${subaccount ?? ''}|${country}`;
}

/** Null until they have been taken for the first time. */
function figuresOf({ available, numbers_needed: numbersNeeded }: MeasuredPool): PoolRanLow['figures'] {
  return numbersNeeded === null ? null : { available, numbersNeeded };
}
