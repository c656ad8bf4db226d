import { instant, type Command } from '../command.js';
import { LIST_OPTIONS, moment, REVEAL, showList, type Wanted } from '../lists.js';

interface Call {
  call_id: string;
  account: string;
  session_uuid: string | null;
  virtual_number: string | null;
  direction: string;
  caller: string | null;
  dialled: string | null;
  outcome: string | null;
  reason: string | null;
  started_at: string | null;
  amount: string | null;
}

interface Options extends Wanted {
  account?: string;
  party?: string;
  dialled?: string;
  virtualNumber?: string;
  session?: string;
  outcome?: string;
  from?: string;
  to?: string;
  reveal?: boolean;
}

export const OUTCOMES = ['connected', 'no-answer', 'busy', 'declined', 'failed', 'abandoned', 'refused'] as const;

export const callsList: Command<Options> = {
  name: 'calls list',
  about: 'Calls, refused ones too, newest first',
  options: [
    { flags: '--account <id>', about: 'of this account' },
    { flags: '--party <number>', about: 'with this person, in any spelling of the number' },
    { flags: '--dialled <number>', about: 'in which this number was dialled' },
    { flags: '--virtual-number <number>', about: 'on this virtual number' },
    { flags: '--session <uuid>', about: 'of this session' },
    { flags: '--outcome <outcome>', about: 'only these', choices: OUTCOMES },
    { flags: '--from <instant>', about: 'from then on, ISO 8601', read: instant },
    { flags: '--to <instant>', about: 'before then, ISO 8601', read: instant },
    REVEAL,
    ...LIST_OPTIONS,
  ],
  examples: [
    'calls list --outcome refused --from 2026-11-29',
    "calls list --party '+1 (415) 555-0123'",
    'calls list --session 0198f6a2-2f0d-4c1e-8a57-5a4c3b2d1e0f --json',
  ],
  at: 'service',
  async run(
    { out, service },
    { account, party, dialled, virtualNumber, session, outcome, from, to, reveal, ...wanted },
  ) {
    const query = { account, party, dialled, virtual_number: virtualNumber, session, outcome, from, to, reveal };
    showList(out, await service().list<Call>('/admin/calls', query, wanted), [
      { head: 'started', of: (one) => moment(one.started_at) },
      { head: 'number', of: (one) => one.virtual_number },
      { head: 'caller', of: (one) => one.caller },
      { head: 'dialled', of: (one) => one.dialled },
      { head: 'outcome', of: (one) => one.outcome ?? 'going on' },
      { head: 'reason', of: (one) => one.reason },
      { head: 'amount', of: (one) => one.amount, isRight: true },
      { head: 'session', of: (one) => one.session_uuid },
      { head: 'call', of: (one) => one.call_id },
    ]);
  },
};
