import type { Command } from '../command.js';

const ROLES = ['viewer', 'support', 'finance', 'admin'] as const;

export const operatorsAdd: Command<{ role: string }> = {
  name: 'operators add',
  about: 'Add an operator, and tell its token: this once',
  more: 'It works on the database, so also where no token is known any more. It is audited as a deed of the admin.',
  arguments: [{ name: '<name>', about: 'as the audit will say it' }],
  options: [{ flags: '--role <role>', about: 'what it may', choices: ROLES, isRequired: true }],
  examples: ['operators add ann@example.com --role support', 'operators add ci --role viewer --json | jq -r .token'],
  at: 'database',
  async run({ out, env, text }, { role }, name = '') {
    const { atDatabase, work } = text();
    const operator = await atDatabase(env, (ground) => work.addOperator(ground, { name, role }));
    out.show(operator, () => operator.token);
    if (!out.isJson)
      out.say(`Operator ${operator.name} (${operator.role}) may ask with the token above. It is not shown again.`);
  },
};
