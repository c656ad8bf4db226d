import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock.js';
import { Database } from '../platform/database/database.js';
import { measurePools, type MeasuredPool, type Pool } from './measure-pool.js';
import { PoolRefusals, type PoolRefusal } from './pool-refusals.js';

export interface PoolFigure extends MeasuredPool {
  /** Sessions refused since the beginning of the hour 24 h ago that a number of this country would have served. */
  refusals_24h: number;
}

/** How large each pool is and how large its live sessions want it to be. Subaccounts' numbers are pools of their own: no other session gets them. */
@Injectable()
export class PoolFigures {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly refusals: PoolRefusals,
  ) {}

  async run({ accountId }: { accountId?: string }): Promise<{ items: PoolFigure[]; as_of: string | null }> {
    const now = this.clock.now();
    await this.refusals.write();
    return this.database.browse(async (manager) => {
      const { pools, takenAt } = await measurePools(manager, this.database, now, accountId);
      const refusals = await this.refusals.read(manager);
      const items = pools.map(({ pool, measured }) => ({ ...measured, refusals_24h: refusalsOf(pool, refusals) }));
      return { items, as_of: takenAt === null ? null : new Date(takenAt).toISOString() };
    });
  }
}

function refusalsOf(pool: Pool, all: PoolRefusal[]): number {
  return all
    .filter(({ accountId, subaccountId }) => accountId === pool.accountId && subaccountId === pool.subaccountId)
    .filter(({ callingCode }) => callingCode === null || callingCode === pool.callingCode)
    .reduce((sum, { refusals }) => sum + refusals, 0);
}
