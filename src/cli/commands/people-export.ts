import type { Command } from '../command.js';
import { readNumber } from '../files.js';
import { copy, sinkOf } from '../transfer.js';

export const peopleExport: Command<{ account?: string; out?: string; force?: boolean }> = {
  name: 'people export',
  about: 'All that is kept of a person, as JSON: its own number whole, those of others masked',
  more: 'For the role admin; it is audited. A file is readable by its owner alone.',
  arguments: [{ name: '<number>', about: 'with its country code, in any spelling; - reads it from standard input' }],
  options: [
    { flags: '--account <id>', about: 'only what this account has' },
    { flags: '--out <file>', about: 'into this file instead of standard output' },
    { flags: '--force', about: 'in place of a file that is there' },
  ],
  examples: ["people export '+1 (415) 555-0123' --out person.json", 'people export - < number.txt > person.json'],
  at: 'service',
  async run({ out, service, stdin }, { account, out: file, force = false }, text = '') {
    const body = { number: await readNumber(text, stdin), account };
    const admin = service();
    const sink = await sinkOf(out, file, force);
    await copy(out, sink, () => admin.ask('POST', '/admin/people/export', { body, isStream: true }));
    if (file !== undefined) out.say(`Written: ${file}`);
  },
};
