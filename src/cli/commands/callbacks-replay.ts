import { instant, type Command } from '../command.js';
import { EXIT, Failure, uuidOf } from '../failure.js';
import { CALLBACK_STATUSES } from './callbacks-list.js';

interface Options {
  since?: string;
  until?: string;
  status?: string;
  session?: string;
  yes?: boolean;
}

export const callbacksReplay: Command<Options> = {
  name: 'callbacks replay',
  about: 'Send a callback again, or all of a range',
  more: 'Without an id all parked ones are sent again, or those that the options leave; that is asked first. Receivers know a repetition by its webhook-id.',
  arguments: [{ name: '[id]', about: 'of one callback, also of a delivered one' }],
  options: [
    { flags: '--since <instant>', about: 'those made from then on, ISO 8601', read: instant },
    { flags: '--until <instant>', about: 'those made before then, ISO 8601', read: instant },
    { flags: '--status <status>', about: 'those of this status (parked)', choices: CALLBACK_STATUSES },
    { flags: '--session <uuid>', about: 'those of this session' },
    { flags: '--yes', about: 'do not ask' },
  ],
  examples: [
    'callbacks replay 0198f6a2-2f0d-4c1e-8a57-5a4c3b2d1e0f',
    'callbacks replay --status parked --since 2026-11-29T10:00Z --yes',
  ],
  at: 'service',
  async run({ out, service, confirm }, { yes, since, until, status, session }, id) {
    const range = { since, until, status, session };
    if (id !== undefined && Object.values(range).some((one) => one !== undefined))
      throw new Failure('expected an id, or what a range is made of, not both', EXIT.wrongUse);
    const one = id === undefined ? null : uuidOf(id, 'callback');
    const admin = service();
    if (one === null) await confirm(`All ${status ?? 'parked'} callbacks of the range will be sent again.`, yes);
    const path = one === null ? '/admin/callbacks/replay' : `/admin/callbacks/${one}/replay`;
    const answer = await admin.json<{ queued: number }>('POST', path, { body: one === null ? range : {} });
    out.show(answer, () => `${answer.queued} will be sent.`);
  },
};
