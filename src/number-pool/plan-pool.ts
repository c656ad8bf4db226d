import { Injectable } from '@nestjs/common';
import { Accounts } from '../accounts/index.js';
import { Database } from '../platform/database/database.js';
import { PoolFigures, type PoolFigure } from './pool-figures.js';

export interface PoolPlan {
  first_max: number;
  second_max: number;
  /** No session of theirs is refused with so many: first_max + second_max − 1; 0 where either is 0. */
  numbers_needed: number;
  /** Null where no country was named. */
  country: string | null;
  /** The figures of the account's pool in that country as they are; null where none was asked for, or there is none. */
  present: PoolFigure | null;
  /** How many numbers the account lacks there; null where no account was named. */
  numbers_missing: number | null;
}

/** How many numbers it takes for so many sessions of one phone at a time, and how that compares with what an account has. */
@Injectable()
export class PlanPool {
  constructor(
    private readonly database: Database,
    private readonly figures: PoolFigures,
    private readonly accounts: Accounts,
  ) {}

  /** Refuses an account that does not exist. */
  async run({
    firstMax,
    secondMax,
    country,
    accountId,
  }: {
    firstMax: number;
    secondMax: number;
    country?: string | undefined;
    accountId?: string | undefined;
  }): Promise<PoolPlan> {
    const needed = numbersFor(firstMax, secondMax);
    if (accountId !== undefined) await this.database.browse((manager) => this.accounts.require(manager, accountId));
    const pools = accountId === undefined ? [] : (await this.figures.run({ accountId })).items;
    const present = pools.find((pool) => pool.subaccount === null && pool.country === country) ?? null;
    return {
      first_max: firstMax,
      second_max: secondMax,
      numbers_needed: needed,
      country: country ?? null,
      present,
      numbers_missing: accountId === undefined ? null : Math.max(0, needed - (present?.available ?? 0)),
    };
  }
}

/** So that no session is refused, in whatever order they come and go. */
export function numbersFor(firstMax: number, secondMax: number): number {
  return firstMax === 0 || secondMax === 0 ? 0 : firstMax + secondMax - 1;
}
