import { numbersFor, type PoolPlan } from '../../number-pool/index.js';

export type { PoolPlan } from '../../number-pool/index.js';

/** Without an account: no database is asked. */
export function planPool(firstMax: number, secondMax: number): PoolPlan {
  return {
    first_max: firstMax,
    second_max: secondMax,
    numbers_needed: numbersFor(firstMax, secondMax),
    country: null,
    present: null,
    numbers_missing: null,
  };
}
