import type { Command } from '../command.js';
import { LIST_OPTIONS, moment, REVEAL, showList, type Wanted } from '../lists.js';

interface Session {
  session_uuid: string;
  account: string;
  status: string;
  virtual_number: string | null;
  first_party: string | null;
  second_party: string | null;
  created_time: string;
  expiry_time: string | null;
  total_call_count: number;
}

interface Options extends Wanted {
  account?: string;
  party?: string;
  virtualNumber?: string;
  status?: string;
  reveal?: boolean;
}

export const sessionsList: Command<Options> = {
  name: 'sessions list',
  about: 'Sessions, newest first',
  options: [
    { flags: '--account <id>', about: 'of this account' },
    { flags: '--party <number>', about: 'with this person, in any spelling of the number' },
    { flags: '--virtual-number <number>', about: 'on this virtual number' },
    { flags: '--status <status>', about: 'only these', choices: ['active', 'in-progress', 'expired'] },
    REVEAL,
    ...LIST_OPTIONS,
  ],
  examples: [
    'sessions list --status active',
    "sessions list --party '+1 (415) 555-0123' --reveal",
    'sessions list --all --json > sessions.json',
  ],
  at: 'service',
  async run({ out, service }, { account, party, virtualNumber, status, reveal, ...wanted }) {
    const query = { account, party, virtual_number: virtualNumber, status, reveal };
    showList(out, await service().list<Session>('/admin/sessions', query, wanted), [
      { head: 'session', of: (one) => one.session_uuid },
      { head: 'status', of: (one) => one.status },
      { head: 'number', of: (one) => one.virtual_number },
      { head: 'first party', of: (one) => one.first_party },
      { head: 'second party', of: (one) => one.second_party },
      { head: 'opened', of: (one) => moment(one.created_time) },
      { head: 'until', of: (one) => moment(one.expiry_time) },
      { head: 'calls', of: (one) => one.total_call_count, isRight: true },
      { head: 'account', of: (one) => one.account },
    ]);
  },
};
