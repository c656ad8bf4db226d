import type { Command } from '../command.js';

export const keysStatus: Command = {
  name: 'keys status',
  about: 'Show which encryption keys there are, what each has sealed, and what is left to seal anew',
  more: 'All sealed values are counted, which takes a while on a large database and holds nobody up. docs/keys.md goes through a rotation step by step.',
  examples: ['keys status', 'keys status --json'],
  at: 'database',
  async run({ env, out, text }) {
    const { atDatabase, work } = text();
    const status = await atDatabase(env, work.keyStatus);
    out.show(status, () => {
      const keys = out.table(status.keys, [
        { head: 'key', of: ({ id }) => id, isRight: true },
        { head: 'in settings', of: ({ is_in_settings: isThere }) => isThere },
        { head: 'seals', of: ({ seals }) => seals },
        { head: 'needed', of: ({ is_in_use: isInUse }) => isInUse },
        { head: 'values', of: ({ values }) => values, isRight: true },
        { head: 'recordings', of: ({ recordings }) => recordings, isRight: true },
      ]);
      const first = status.keys[0]?.id;
      const processes = status.processes.map(
        ({ host, pid, seals_with: key, opens_first: opens }) =>
          `Process ${pid} on ${host} seals with key ${key}${opens ? '' : `, and cannot open what key ${first} seals`}.`,
      );
      const left = status.left === 0 ? 'Nothing is left to seal anew.' : `${status.left} values are left to seal anew.`;
      return [keys, ...processes, left].join('\n');
    });
  },
};
