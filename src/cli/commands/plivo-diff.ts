import type { Command } from '../command.js';
import { ACCOUNT, NUMBERS, planned, planText, type SetupOptions } from './plivo-setup.js';

export const plivoDiff: Command<SetupOptions> = {
  name: 'plivo diff',
  about: 'Show which numbers do not lead here, and what "plivo setup" would change',
  options: [ACCOUNT, NUMBERS],
  examples: ['plivo diff', 'plivo diff --json'],
  at: 'database',
  async run({ out, env, text }, { account, number: only }) {
    await text().withPlivoSetup(env, { account, only }, async ({ setup }) => {
      const plan = await setup.plan();
      out.show(planned(plan), () => planText(out, plan));
    });
  },
};
