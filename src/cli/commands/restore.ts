import { barOf } from '../bar.js';
import type { Command } from '../command.js';

const KEY_WORDS = {
  right: (at: string) => `The key of this backup is here: ${at}`,
  missing: (at: string) => `The key is missing: put back the one of the backup before the first start, as ${at}`,
  other: (at: string) =>
    `The key here is not the one of this backup, and the service would refuse to start: put that one back, ${at}`,
  unknown: (at: string) => `The service needs the key of the time of the backup: ${at}`,
};

export const restore: Command = {
  name: 'restore',
  about: 'Put a backup back, into a place that is empty',
  more:
    'All of the backup is verified before anything is written. A database that is there is never written over, and a service that runs there is refused. The database gets its name last: one that is there is whole. ' +
    'Of MySQL and MariaDB recordings are put back, and the command to load the dump is told. Exit code 5: there was no room, or it was stopped; run it again to go on. docs/backup.md',
  arguments: [{ name: '<folder>', about: 'what "backup" has made' }],
  examples: ['restore /backups/monday', '--data /var/lib/masking restore /backups/monday'],
  at: 'database',
  async run({ out, env, text, signal }, _, from = '') {
    const wish = { from, signal, tell: barOf(out) };
    const { manifest, recordings, key, keyIsAt, loadCommand } = await text().restoreInstallation(env, wish);
    const { restored, alreadyThere, missing } = recordings;
    const result = {
      made_at: manifest.madeAt,
      version: manifest.version,
      recordings: { restored, already_there: alreadyThere, missing },
      key,
      key_at: keyIsAt,
      load_command: loadCommand,
    };
    out.show(result, () =>
      out.sheet([
        ['made at', manifest.madeAt],
        ['by version', manifest.version],
        ['recordings', `${restored} restored, ${alreadyThere} were there, ${missing} missing`],
      ]),
    );
    if (loadCommand !== null) out.say(`Load the dump now:\n${loadCommand}`);
    out.say(KEY_WORDS[key](keyIsAt));
    out.say('Then run "masking doctor" and start the service; one of a later version brings the database up itself.');
    out.say('People who were erased after the backup are in it again: erase them again (docs/privacy.md).');
  },
};
