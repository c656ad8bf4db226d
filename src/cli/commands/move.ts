import { barOf } from '../bar.js';
import type { Command } from '../command.js';
import { EXIT, Failure } from '../failure.js';
import { readInput } from '../files.js';

interface Options {
  to?: string;
  undo?: boolean;
  yes?: boolean;
}

export const move: Command<Options> = {
  name: 'move',
  about: 'Move everything from SQLite into an empty MySQL or MariaDB database, every row compared',
  more:
    'The service is stopped for it. The tables are made, rows are copied in batches, and all of them read back and compared; the SQLite file stays as it is, marked so that no service starts on it by mistake. ' +
    'Exit code 5: it was stopped, or the server was; run it again to go on. docs/backup.md',
  options: [
    {
      flags: '--to <url>',
      about: 'mysql://user:password@host/database; "-" reads it from standard input, which no list of processes shows',
    },
    { flags: '--undo', about: 'let the service start on the SQLite file again, as it was when it was moved' },
    { flags: '--yes', about: 'do not ask' },
  ],
  examples: ['move --to mysql://masking:secret@db.example/masking', 'move --to - < url-of-the-database', 'move --undo'],
  at: 'database',
  async run({ out, env, text, signal, stdin, confirm }, { to, undo = false, yes }) {
    if ((to === undefined) === !undo) throw new Failure('expected either --to or --undo', EXIT.wrongUse);
    if (to === undefined) {
      await confirm(
        'What has happened on the server since the move is not in SQLite, and its numbers must not be lent by both.',
        yes,
      );
      const { database } = await text().undoDatabaseMove(env);
      out.show({ database }, () => `The service starts on ${database} again.`);
      return;
    }
    const url = to === '-' ? (await readInput('-', stdin)).trim() : to;
    const { to: place, rows } = await text().moveDatabase(env, { to: url, signal, tell: barOf(out) });
    const total = Object.values(rows).reduce((sum, count) => sum + count, 0);
    out.show(
      { to: place, rows },
      () => `${total} rows of ${Object.keys(rows).length} tables are in ${place}, every one compared.`,
    );
    out.say(
      'Now name it in DATABASE_URL, keep ENCRYPTION_KEY (or the data folder) and recordings as they are, and start the service.',
    );
    out.say('The SQLite file stays as it is; no service starts on it any more. Delete it when you need no way back.');
  },
};
