import type { Command } from '../command.js';
import { LIST_OPTIONS, moment, showList, type Wanted } from '../lists.js';

interface Callback {
  id: string;
  account: string;
  session_uuid: string;
  sequence_number: number;
  event: string;
  status: string;
  outcome: string | null;
  created_at: string;
  next_attempt_at: string | null;
  attempts: object[];
}

export const CALLBACK_STATUSES = ['pending', 'delivered', 'parked'] as const;

export const callbacksList: Command<Wanted & { status?: string; session?: string }> = {
  name: 'callbacks list',
  about: 'Callbacks to customers, newest first, with how their delivery went',
  options: [
    { flags: '--status <status>', about: 'only these', choices: CALLBACK_STATUSES },
    { flags: '--session <uuid>', about: 'of this session' },
    ...LIST_OPTIONS,
  ],
  examples: ['callbacks list --status parked', 'callbacks list --session 0198f6a2-2f0d-4c1e-8a57-5a4c3b2d1e0f'],
  at: 'service',
  async run({ out, service }, { status, session, ...wanted }) {
    showList(out, await service().list<Callback>('/admin/callbacks', { status, session }, wanted), [
      { head: 'made', of: (one) => moment(one.created_at) },
      { head: 'event', of: (one) => one.event },
      { head: 'no', of: (one) => one.sequence_number, isRight: true },
      { head: 'status', of: (one) => one.status },
      { head: 'outcome', of: (one) => one.outcome },
      { head: 'attempts', of: (one) => one.attempts.length, isRight: true },
      { head: 'next', of: (one) => moment(one.next_attempt_at) },
      { head: 'session', of: (one) => one.session_uuid },
      { head: 'callback', of: (one) => one.id },
    ]);
  },
};
