import { readInput } from '../files.js';
import type { Command } from '../command.js';

export const numbersImport: Command<{ account: string }> = {
  name: 'numbers import',
  about: 'Put the numbers of a CSV file into the pool: all rows or none',
  more: 'The header is number,subaccount,alias. What is wrong is told by row; a number that is there already is left as it is.',
  arguments: [{ name: '<file>', about: 'a CSV file of at most 2 MiB; - reads standard input' }],
  options: [{ flags: '--account <id>', about: 'whose pool', isRequired: true }],
  examples: ['numbers import numbers.csv --account MAXXXXXXXXXXXXXXXXXX'],
  at: 'service',
  async run({ out, service, stdin }, { account }, file = '') {
    const body = await readInput(file, stdin);
    const query = { account };
    const answer = await service().json<{ added: number; unchanged: number }>('POST', '/admin/numbers/import', {
      query,
      body,
    });
    out.show(answer, () => `${answer.added} added, ${answer.unchanged} were there.`);
  },
};
