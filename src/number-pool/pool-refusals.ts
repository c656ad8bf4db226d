import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock, HOUR_MS, hourOf } from '../platform/clock.js';
import { change, Database, type Tx } from '../platform/database/database.js';
import { updateOrInsert } from '../platform/database/key-races.js';
import { number, selection } from '../platform/database/rows.js';
import { Log } from '../platform/logging/logger.js';
import { REFUSALS } from './pool-refusal.entity.js';

const SHOWN_HOURS = 24;
const WRITTEN_AFTER_MS = 5_000;

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

/**
 * Counts sessions that were refused because no number was left. Counted in memory and written within five seconds: the refused transaction keeps
 * nothing, and an exhausted pool refuses many a second, who must not wait for each other's count. A process that is killed loses its last seconds.
 */
@Injectable()
export class PoolRefusals implements OnModuleDestroy {
  private unwritten = new Map<string, PoolRefusal & { hour: number }>();
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  note({ accountId, subaccountId, callingCode }: WantedPool): void {
    const hour = hourOf(this.clock.now());
    const key = `${accountId}|${subaccountId ?? ''}|${callingCode ?? ''}|${hour}`;
    const counted = this.unwritten.get(key) ?? { accountId, subaccountId, callingCode, hour, refusals: 0 };
    counted.refusals += 1;
    this.unwritten.set(key, counted);
    this.timer ??= setTimeout(() => void this.write(), WRITTEN_AFTER_MS).unref();
  }

  /** Adds what was counted to the rows; after a failure it is tried again with what comes next. */
  async write(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    const counted = this.unwritten;
    if (counted.size === 0) return;
    this.unwritten = new Map();
    const oldest = hourOf(this.clock.now()) - SHOWN_HOURS * HOUR_MS;
    try {
      await this.database.transaction(async (tx) => {
        for (const one of counted.values()) await add(tx, one);
        await change(tx, 'DELETE FROM pool_refusal WHERE hour < ?', [oldest]);
      });
    } catch (error) {
      this.log.warn('pool.refusals_unwritten', { error });
      for (const [key, one] of counted) {
        const since = this.unwritten.get(key);
        this.unwritten.set(key, { ...one, refusals: one.refusals + (since?.refusals ?? 0) });
      }
    }
  }

  async onModuleDestroy(): Promise<void> {
    await this.write();
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

function add(tx: Tx, counted: PoolRefusal & { hour: number }): Promise<void> {
  const { accountId, hour, refusals } = counted;
  const subaccountId = counted.subaccountId ?? '';
  const callingCode = counted.callingCode ?? '';
  return updateOrInsert(
    () =>
      change(
        tx,
        'UPDATE pool_refusal SET refusals = refusals + ? WHERE account_id = ? AND subaccount_id = ? AND calling_code = ? AND hour = ?',
        [refusals, accountId, subaccountId, callingCode, hour],
      ),
    () => REFUSALS.insert(tx, { accountId, subaccountId, callingCode, hour, refusals }),
  );
}
