import type { Command } from '../command.js';

export const operatorsRemove: Command<{ yes?: boolean }> = {
  name: 'operators remove',
  about: 'Remove an operator: its tokens open nothing any more, in running processes within 5 seconds',
  arguments: [{ name: '<operator>', about: 'its name or id' }],
  options: [{ flags: '--yes', about: 'do not ask' }],
  examples: ['operators remove ann@example.com --yes'],
  at: 'database',
  async run({ out, env, text, confirm }, { yes }, who = '') {
    await confirm('Its tokens will open nothing any more.', yes);
    const { atDatabase, work } = text();
    const removed = await atDatabase(env, (ground) => work.removeOperator(ground, who));
    out.show(removed, () => `${removed.name} (${removed.role}) is removed.`);
  },
};
