import type { Command } from '../command.js';
import { moment } from '../lists.js';

export const operatorsList: Command = {
  name: 'operators list',
  about: 'Who may ask /admin',
  examples: ['operators list', 'operators list --json'],
  at: 'database',
  async run({ out, env, text }) {
    const { atDatabase, work } = text();
    const page = await atDatabase(env, work.listOperators);
    out.show(page, () =>
      out.table(page.items, [
        { head: 'name', of: (one) => one.name },
        { head: 'role', of: (one) => one.role },
        { head: 'added', of: (one) => moment(one.created_at) },
        { head: 'last used', of: (one) => moment(one.last_used_at) },
        { head: 'former token until', of: (one) => moment(one.former_token_until) },
        { head: 'id', of: (one) => one.id },
      ]),
    );
  },
};
