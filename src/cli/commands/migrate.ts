import type { Command } from '../command.js';
import { Failure } from '../failure.js';

export const migrate: Command<{ check?: boolean }> = {
  name: 'migrate',
  about: 'Bring the database up to this version',
  more: 'A start does this too, unless MIGRATE says otherwise. With --check nothing is changed, and the exit code is 1 where migrations are pending.',
  options: [{ flags: '--check', about: 'only say what is pending' }],
  examples: ['migrate', 'migrate --check', 'migrate --check --json'],
  at: 'database',
  async run({ env, out, text }, { check = false }) {
    const { database, done, pending } = await text().migrateDatabase(env, { isCheck: check });
    out.show({ database, done, pending }, () => {
      if (pending.length > 0) return [`Pending in ${database}:`, ...pending.map((name) => `  ${name}`)].join('\n');
      return done.length === 0 ? `${database} is up to date.` : `${database}: ${done.length} migrations done.`;
    });
    if (pending.length > 0) throw new Failure(`${pending.length} migrations are pending. Run: masking migrate`);
  },
};
