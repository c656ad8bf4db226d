import type { Command } from '../command.js';
import { LIST_OPTIONS, moment, showList, type Wanted } from '../lists.js';

interface PooledNumber {
  number: string;
  account: string;
  subaccount: string | null;
  country: string;
  status: string;
  alias: string;
  application: string | null;
  live_sessions: number | null;
  last_used_at: string | null;
}

export const numbersList: Command<Wanted & { account?: string; country?: string; status?: string }> = {
  name: 'numbers list',
  about: 'Virtual numbers, in the order in which they are lent',
  options: [
    { flags: '--account <id>', about: 'of this account' },
    { flags: '--country <code>', about: 'of this country, two letters' },
    { flags: '--status <status>', about: 'only these', choices: ['active', 'draining', 'retired', 'elsewhere'] },
    ...LIST_OPTIONS,
  ],
  examples: ['numbers list --country US', 'numbers list --status elsewhere --all --json'],
  at: 'service',
  async run({ out, service }, { account, country, status, ...wanted }) {
    showList(out, await service().list<PooledNumber>('/admin/numbers', { account, country, status }, wanted), [
      { head: 'number', of: (one) => one.number },
      { head: 'country', of: (one) => one.country },
      { head: 'status', of: (one) => one.status },
      { head: 'live sessions', of: (one) => one.live_sessions, isRight: true },
      { head: 'last lent', of: (one) => moment(one.last_used_at) },
      { head: 'application', of: (one) => one.application },
      { head: 'alias', of: (one) => one.alias },
      { head: 'account', of: (one) => one.subaccount ?? one.account },
    ]);
  },
};
