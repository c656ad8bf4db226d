import type { Command } from '../command.js';
import { EXIT, Failure } from '../failure.js';

interface Drained {
  number: string;
  status: string;
  live_sessions: number | null;
}

export const numbersDrain: Command<{ undo?: boolean }> = {
  name: 'numbers drain',
  about: 'Lend a number to no new session; those that have it keep it',
  arguments: [{ name: '<number>', about: 'a virtual number, E.164' }],
  options: [{ flags: '--undo', about: 'lend it again' }],
  examples: ['numbers drain +14155550100', 'numbers drain +14155550100 --undo'],
  at: 'service',
  async run({ out, service }, { undo = false }, text = '') {
    const number = /^\+?(\d{5,15})$/.exec(text)?.[1];
    if (number === undefined) throw new Failure('expected a virtual number such as +14155550100', EXIT.wrongUse);
    const body = { status: undo ? 'active' : 'draining' };
    const answer = await service().json<Drained>('PATCH', `/admin/numbers/%2B${number}`, { body });
    out.show(
      answer,
      () =>
        `${answer.number} is ${answer.status}, with ${answer.live_sessions ?? 'an unknown number of'} live sessions.`,
    );
  },
};
