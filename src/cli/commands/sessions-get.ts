import type { Command } from '../command.js';
import { uuidOf } from '../failure.js';
import { moment, REVEAL } from '../lists.js';

interface Session {
  session_uuid: string;
  account: string;
  status: string;
  virtual_number: string | null;
  first_party: string | null;
  second_party: string | null;
  created_time: string;
  expiry_time: string | null;
  renewals: number;
  total_call_count: number;
  total_session_amount: string;
  currency: string;
  timeline: { at: string; what: string; why?: string; call_id?: string }[];
}

export const sessionsGet: Command<{ reveal?: boolean }> = {
  name: 'sessions get',
  about: 'One session, and all that happened in it',
  arguments: [{ name: '<uuid>', about: 'of the session' }],
  options: [REVEAL],
  examples: ['sessions get 0198f6a2-2f0d-4c1e-8a57-5a4c3b2d1e0f'],
  at: 'service',
  async run({ out, service }, { reveal }, uuid = '') {
    const one = await service().get<Session>(`/admin/sessions/${uuidOf(uuid, 'session')}`, { reveal });
    out.show(one, () =>
      [
        out.sheet([
          ['session', one.session_uuid],
          ['account', one.account],
          ['status', one.status],
          ['virtual number', one.virtual_number],
          ['first party', one.first_party],
          ['second party', one.second_party],
          ['opened', moment(one.created_time)],
          ['until', moment(one.expiry_time)],
          ['renewals', one.renewals],
          ['calls', one.total_call_count],
          ['amount', `${one.total_session_amount} ${one.currency}`],
        ]),
        '',
        out.table(one.timeline, [
          { head: 'at', of: ({ at }) => moment(at) },
          { head: 'what', of: ({ what }) => what },
          { head: 'why', of: ({ why }) => why },
          { head: 'call', of: ({ call_id: call }) => call },
        ]),
      ].join('\n'),
    );
  },
};
