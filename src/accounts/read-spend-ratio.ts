import { Injectable } from '@nestjs/common';
import { Clock, dayOf } from '../platform/clock.js';
import { Database } from '../platform/database/database.js';
import { number, selection, text } from '../platform/database/rows.js';
import { microsOf } from './money.js';

/** Those that have spent most: of more accounts with a cap some with small ones are not looked at. */
const MOST_ACCOUNTS = 1_000;

const TODAY = selection({ used: number('s.spent + s.reserved'), value: text('a.value') });

/** How near the accounts are to their daily caps, for whoever watches. */
@Injectable()
export class ReadSpendRatio {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Of the account that is nearest: what it has spent today and what its calls that are on may cost, as a part of its cap. 0 where none has a cap. */
  async run(): Promise<number> {
    const rows = await this.database.browse((manager) =>
      TODAY.read(
        manager,
        `FROM account_spend s JOIN account_setting a ON a.account_id = s.account_id
          WHERE s.day = ? ORDER BY s.spent + s.reserved DESC LIMIT ${MOST_ACCOUNTS}`,
        [dayOf(this.clock.now())],
      ),
    );
    return Math.max(0, ...rows.map(({ used, value }) => ratioOf(used, value)));
  }
}

function ratioOf(used: number, settings: string): number {
  const { daily_spend_cap: cap } = JSON.parse(settings) as { daily_spend_cap?: string | null };
  if (cap === undefined || cap === null) return 0;
  return microsOf(cap) === 0 ? 1 : used / microsOf(cap);
}
