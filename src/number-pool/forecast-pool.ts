import { Injectable } from '@nestjs/common';
import { Accounts } from '../accounts/index.js';
import { Clock, DAY_MS, dayOf } from '../platform/clock.js';
import { Database } from '../platform/database/database.js';
import { selection } from '../platform/database/rows.js';
import { forecast } from './forecast.js';
import { PoolFigures } from './pool-figures.js';
import { POOL_PEAKS } from './pool-peak.entity.js';

/** Of so many days peaks are kept, shown and counted on. */
export const PEAK_DAYS = 60;

export interface CountryForecast {
  country: string;
  /** Null: the main account's pool. Subaccounts' numbers are pools of their own. */
  subaccount: string | null;
  /** Those that take new sessions now. */
  numbers: number;
  /** Oldest first, today's so far included; a day on which nobody looked is left out. `day` as YYYY-MM-DD, UTC. */
  peaks: { day: string; numbers_needed: number }[];
  /** YYYY-MM-DD, UTC: the first day on which more is expected than there is; null where none is named. */
  full_on: string | null;
  /** In words. */
  reason: string;
}

const PEAKS = selection(POOL_PEAKS.pick(['subaccountId', 'country', 'day', 'numbersNeeded']));

/** When an account's pools will be full, from the peaks of past days. The day that it is has not had its peak yet, so it decides nothing. */
@Injectable()
export class ForecastPool {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly figures: PoolFigures,
    private readonly accounts: Accounts,
  ) {}

  /** Refuses an account that does not exist. */
  async run(accountId: string): Promise<CountryForecast[]> {
    await this.database.browse((manager) => this.accounts.require(manager, accountId));
    const today = dayOf(this.clock.now());
    const { items } = await this.figures.run({ accountId });
    const rows = await this.database.browse((manager) =>
      PEAKS.read(manager, 'FROM pool_peak WHERE account_id = ? AND day >= ? ORDER BY day', [
        accountId,
        today - PEAK_DAYS * DAY_MS,
      ]),
    );
    return items.map(({ country, subaccount, available }) => {
      const own = rows.filter((row) => row.country === country && row.subaccountId === (subaccount ?? ''));
      const past = own
        .filter(({ day }) => day < today)
        .map(({ day, numbersNeeded }) => ({ day: day / DAY_MS, needed: numbersNeeded }));
      const { fullOn, reason } = forecast(past, available, today / DAY_MS);
      return {
        country,
        subaccount,
        numbers: available,
        peaks: own.map(({ day, numbersNeeded }) => ({ day: dateOf(day), numbers_needed: numbersNeeded })),
        full_on: fullOn === null ? null : dateOf(fullOn * DAY_MS),
        reason,
      };
    });
  }
}

function dateOf(instant: number): string {
  return new Date(instant).toISOString().slice(0, 10);
}
