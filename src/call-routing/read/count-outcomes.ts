import { Injectable } from '@nestjs/common';
import { Accounts } from '../../accounts/index.js';
import { HOUR_MS } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { marks, number, selection } from '../../platform/database/rows.js';
import type { TimeZone } from '../../platform/time-zone.js';
import { CALLS } from '../call.entity.js';
import { OUTCOMES, type Outcome } from '../decision-words.js';

export interface OutcomesQuestion {
  /** Every account where left out. */
  accountId?: string | undefined;
  /** First instant; rounded down to its hour, by the clocks of the zone. */
  from: number;
  /** The instant after the last; rounded up to a full hour. */
  to: number;
  zone: TimeZone;
}

export interface OutcomesOfHour {
  /** Its first instant. */
  hour: number;
  outcomes: Record<Outcome, number>;
}

/** Hours of every time zone begin with one. */
const QUARTER_MS = HOUR_MS / 4;
const QUARTER = `created_at - created_at % ${QUARTER_MS}`;
const COUNTED = selection({ ...CALLS.pick(['outcome']), quarter: number(QUARTER), calls: number('COUNT(*)') });

/**
 * What became of the calls of each hour, by when they came; hours without calls are left out, as are calls that go on. Counted from the calls that are kept,
 * along an index that has all of it: no row is looked at, and 100,000 calls take 50 ms
 * on SQLite, 130 on MariaDB. The kept sums know connected calls only.
 */
@Injectable()
export class CountOutcomes {
  constructor(
    private readonly database: Database,
    private readonly accounts: Accounts,
  ) {}

  async run({ accountId, from, to, zone }: OutcomesQuestion): Promise<OutcomesOfHour[]> {
    const [first, last] = [zone.hourOf(from), zone.hourOf(to - 1) + HOUR_MS];
    const rows = await this.database.browse(async (manager) => {
      if (accountId !== undefined) await this.accounts.require(manager, accountId);
      const accountIds = accountId === undefined ? await this.accounts.ids(manager) : [accountId];
      if (accountIds.length === 0) return [];
      return COUNTED.read(
        manager,
        `FROM masked_call ${this.database.byIndex('masked_call_outcome')}
          WHERE account_id IN (${marks(accountIds)}) AND outcome IN (${marks(OUTCOMES)}) AND created_at >= ? AND created_at < ?
          GROUP BY outcome, ${QUARTER}`,
        [...accountIds, ...OUTCOMES, first, last],
      );
    });

    const byHour = new Map<number, OutcomesOfHour>();
    for (const { outcome, quarter, calls } of rows) {
      const hour = zone.hourOf(quarter);
      const found = byHour.get(hour) ?? { hour, outcomes: noneOf() };
      if (outcome !== null) found.outcomes[outcome] += calls;
      byHour.set(hour, found);
    }
    return [...byHour.values()].sort((one, other) => one.hour - other.hour);
  }
}

function noneOf(): Record<Outcome, number> {
  return Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])) as Record<Outcome, number>;
}
