import { wholeNumber, type Command } from '../command.js';
import { EXIT, Failure } from '../failure.js';
import type { PoolPlan } from '../work/plan-pool.js';

interface Options {
  firstMax: number;
  secondMax: number;
  account?: string;
  country?: string;
}

const MOST = 100_000;

export const numbersPlan: Command<Options> = {
  name: 'numbers plan',
  about: 'How many numbers it takes, so that no session is refused one',
  more: 'With --account and --country the running service says what the pool has of them now.',
  options: [
    {
      flags: '--first-max <count>',
      about: 'the most live sessions that one phone has as first party',
      read: wholeNumber(0, MOST),
      isRequired: true,
    },
    {
      flags: '--second-max <count>',
      about: 'the most live sessions that one phone has as second party',
      read: wholeNumber(0, MOST),
      isRequired: true,
    },
    { flags: '--account <id>', about: 'whose pool is compared' },
    { flags: '--country <code>', about: 'of which country, two letters' },
  ],
  examples: [
    'numbers plan --first-max 10 --second-max 5',
    'numbers plan --first-max 10 --second-max 5 --account MAXXXXXXXXXXXXXXXXXX --country US',
  ],
  at: 'service',
  async run({ out, service, text }, { firstMax, secondMax, account, country }) {
    if ((account === undefined) !== (country === undefined))
      throw new Failure('expected --account and --country together, or neither', EXIT.wrongUse);
    const query = { first_max: firstMax, second_max: secondMax, account, country };
    const plan =
      account === undefined
        ? text().work.planPool(firstMax, secondMax)
        : await service().get<PoolPlan>('/admin/pool/plan', query);
    out.show(plan, () => {
      const needed = `${plan.numbers_needed} numbers are needed.`;
      if (plan.numbers_missing === null) return needed;
      return `${needed} ${plan.present?.available ?? 0} of ${plan.country} take new sessions now: ${plan.numbers_missing} are missing.`;
    });
  },
};
