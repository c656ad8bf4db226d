import { wholeNumber, type Command } from '../command.js';
import { moment } from '../lists.js';

const MONTH_SECONDS = 30 * 86_400;

export const operatorsRotate: Command<{ overlap: number }> = {
  name: 'operators rotate',
  about: 'Give an operator a new token, and tell it: this once',
  arguments: [{ name: '<operator>', about: 'its name or id' }],
  options: [
    {
      flags: '--overlap <seconds>',
      about: 'for how long the token until now opens still',
      read: wholeNumber(0, MONTH_SECONDS),
      default: 0,
    },
  ],
  examples: ['operators rotate ann@example.com', 'operators rotate ci --overlap 3600 --json'],
  at: 'database',
  async run({ out, env, text }, { overlap }, who = '') {
    const { atDatabase, work } = text();
    const operator = await atDatabase(env, (ground) => work.rotateOperator(ground, who, overlap));
    out.show(operator, () => operator.token);
    if (out.isJson) return;
    const until = operator.former_token_until;
    out.say(
      `The new token of ${operator.name} is above; it is not shown again. The former one ${until === null ? 'opens nothing any more, in running processes within 5 seconds' : `opens until ${String(moment(until))} UTC`}.`,
    );
  },
};
