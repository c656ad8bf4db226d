import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock.js';
import { change, Database } from '../platform/database/database.js';
import { hasFew, takeLoad } from './live-sessions.js';
import { NUMBER_USES, POOL_USES } from './pool-use.entity.js';

/** Rows of one INSERT. */
const CHUNK = 500;

/** Keeps what live sessions ask of the pool, where there are too many to look at them whenever somebody asks. */
@Injectable()
export class TakePoolLoad {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Returns of how many numbers. */
  async run(): Promise<number> {
    const now = this.clock.now();
    if (await this.database.browse((manager) => hasFew(manager, now))) return 0;
    const { uses, maxima } = await takeLoad((work) => this.database.browse(work), this.database, now);
    const rows = [...uses].map(([virtualNumberId, use]) => ({ virtualNumberId, ...use, takenAt: now }));
    const pools = maxima.map((pool) => ({ ...pool, subaccountId: pool.subaccountId ?? '' }));
    await this.database.transaction(async (tx) => {
      await change(tx, 'DELETE FROM number_use');
      await change(tx, 'DELETE FROM pool_use');
      for (let start = 0; start < rows.length; start += CHUNK)
        await NUMBER_USES.insert(tx, rows.slice(start, start + CHUNK));
      for (let start = 0; start < pools.length; start += CHUNK)
        await POOL_USES.insert(tx, pools.slice(start, start + CHUNK));
    });
    return rows.length;
  }
}
