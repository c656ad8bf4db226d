import type { Command } from '../command.js';

interface Synced {
  added: number;
  updated: number;
  missing: string[];
  doubted?: boolean;
}

export const numbersSync: Command<{ account: string }> = {
  name: 'numbers sync',
  about: "Follow Plivo's list of an account's numbers now, as is done every hour",
  options: [{ flags: '--account <id>', about: 'whose numbers', isRequired: true }],
  examples: ['numbers sync --account MAXXXXXXXXXXXXXXXXXX'],
  at: 'service',
  async run({ out, service }, { account }) {
    const answer = await service().json<Synced>('POST', '/admin/numbers/sync', { query: { account } });
    out.show(answer, () =>
      [
        `${answer.added} added, ${answer.updated} changed, ${answer.missing.length} missing at Plivo.`,
        ...answer.missing.map((number) => `  ${number}`),
        ...(answer.doubted
          ? ['The listing lacks most of the pool and has changed nothing: the next one decides.']
          : []),
      ].join('\n'),
    );
  },
};
