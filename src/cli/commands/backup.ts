import type { Command } from '../command.js';
import { barOf } from '../bar.js';

export const backup: Command<{ recordings?: boolean }> = {
  name: 'backup',
  about: 'Copy the database, and with --recordings the recordings, into a new folder, while the service runs',
  more:
    'The folder gets its name when all of it is there; "sha256sum -c SHA256SUMS" verifies it without this program. Keys are never in it. Of MySQL and MariaDB the database is not in it either: the command to dump it is told. ' +
    'Exit code 5: there was no room, or it was stopped; run it again to go on. docs/backup.md',
  arguments: [{ name: '<folder>', about: 'which is not there yet' }],
  options: [{ flags: '--recordings', about: 'copy recordings too; without it they are listed' }],
  examples: ['backup /backups/monday', 'backup --recordings --json /backups/monday'],
  at: 'database',
  async run({ out, env, text, signal }, { recordings = false }, to = '') {
    const wish = { to, withRecordings: recordings, signal, tell: barOf(out) };
    const { folder, manifest, keyIsAt, dumpCommand } = await text().backUpInstallation(env, wish);
    const rows = Object.values(manifest.database.rows).reduce((sum, count) => sum + count, 0);
    const { listed, copied, missing } = manifest.recordings;
    const result = {
      folder,
      version: manifest.version,
      made_at: manifest.madeAt,
      database: manifest.database,
      recordings: manifest.recordings,
      key: keyIsAt,
      dump_command: dumpCommand,
    };
    out.show(result, () =>
      out.sheet([
        ['folder', folder],
        ['database', `${manifest.database.kind}, ${Object.keys(manifest.database.rows).length} tables, ${rows} rows`],
        ['recordings', `${listed} listed, ${copied} copied, ${missing} not in the store`],
      ]),
    );
    if (dumpCommand !== null) out.say(`The database is not in it yet. Run:\n${dumpCommand}`);
    out.say(`The key is not in it. Keep it elsewhere; without it the backup opens nothing: ${keyIsAt}`);
  },
};
