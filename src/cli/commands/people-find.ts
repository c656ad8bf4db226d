import type { Command } from '../command.js';
import { readNumber } from '../files.js';
import { moment, REVEAL } from '../lists.js';

export type Counts = Record<'sessions' | 'calls' | 'recordings' | 'callbacks' | 'texts', number>;

interface Person {
  found: Counts;
  sessions: {
    session_uuid: string;
    status: string;
    account: string;
    virtual_number: string | null;
    created_time: string;
  }[];
}

/** `3 sessions, 2 calls`. */
export function inWords(counts: Counts): string {
  return Object.entries(counts)
    .map(([what, count]) => `${count} ${what}`)
    .join(', ');
}

export const peopleFind: Command<{ account?: string; reveal?: boolean }> = {
  name: 'people find',
  about: 'What is kept of a person: how much, and the newest 20 sessions',
  arguments: [{ name: '<number>', about: 'with its country code, in any spelling; - reads it from standard input' }],
  options: [{ flags: '--account <id>', about: 'only what this account has' }, REVEAL],
  examples: ["people find '+1 (415) 555-0123'", 'people find - < number.txt'],
  at: 'service',
  async run({ out, service, stdin }, { account, reveal }, text = '') {
    const body = { number: await readNumber(text, stdin), account };
    const person = await service().json<Person>('POST', '/admin/people/find', { body, query: { reveal } });
    out.show(person, () =>
      [
        inWords(person.found),
        '',
        out.table(person.sessions, [
          { head: 'session', of: (one) => one.session_uuid },
          { head: 'status', of: (one) => one.status },
          { head: 'number', of: (one) => one.virtual_number },
          { head: 'opened', of: (one) => moment(one.created_time) },
          { head: 'account', of: (one) => one.account },
        ]),
      ].join('\n'),
    );
  },
};
