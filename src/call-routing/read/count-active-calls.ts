import { Injectable } from '@nestjs/common';
import { Clock, DAY_MS } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { number, selection } from '../../platform/database/rows.js';
import { CALLS } from '../call.entity.js';

/** The newest calls that are looked at: what one look costs is bounded, however many calls there were. */
const NEWEST = 10_000;
const COUNTED = selection({ ...CALLS.pick(['kind'], 'newest'), calls: number('COUNT(*)') });

export type CallDirection = 'inbound' | 'requested';

/** How many calls are on, for whoever watches. Of ones whose end was never told nobody asks after a day. */
@Injectable()
export class CountActiveCalls {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async run(): Promise<ReadonlyMap<CallDirection, number>> {
    const newest = `SELECT kind, ended_at, outcome, created_at FROM masked_call ORDER BY id DESC LIMIT ${NEWEST}`;
    const rows = await this.database.browse((manager) =>
      COUNTED.read(
        manager,
        `FROM (${newest}) newest WHERE ended_at IS NULL AND outcome IS NULL AND created_at > ? GROUP BY kind`,
        [this.clock.now() - DAY_MS],
      ),
    );
    const counts = new Map<CallDirection, number>([
      ['inbound', 0],
      ['requested', 0],
    ]);
    for (const { kind, calls } of rows) counts.set(kind === 'request' ? 'requested' : 'inbound', calls);
    return counts;
  }
}
