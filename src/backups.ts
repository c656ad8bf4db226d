import { existsSync } from 'node:fs';
import { backUp, restore, type BackedUp, type BackupOrder, type Restored, type RestoreOrder } from './backup/index.js';
import { openForReading } from './data-source.js';
import { migrations } from './migrations.js';
import { Clock } from './platform/clock.js';
import { CommandFailure } from './platform/command-failure.js';
import { readConfig } from './platform/settings/config.js';

/** A database that is behind this version is backed up as it is: that is what one does before it is brought up. */
export function backUpInstallation(
  env: NodeJS.ProcessEnv,
  wish: Pick<BackupOrder, 'to' | 'withRecordings' | 'signal' | 'tell'>,
): Promise<BackedUp> {
  const config = readConfig(env, false);
  const { database } = config;
  if (database.kind === 'sqlite' && database.file === ':memory:')
    throw new CommandFailure('DATABASE_URL is sqlite::memory:, which only the service that runs can see', 3);
  if (database.kind === 'sqlite' && !existsSync(database.file))
    throw new CommandFailure(
      `there is no database at ${database.file}: name the folder with --data (or DATA_DIR), or the database with DATABASE_URL`,
      3,
    );
  return backUp({ ...wish, config, clock: new Clock(), openForReading });
}

export function restoreInstallation(
  env: NodeJS.ProcessEnv,
  wish: Pick<RestoreOrder, 'from' | 'signal' | 'tell'>,
): Promise<Restored> {
  const config = readConfig(env, false);
  const knownMigrations = migrations.map((Migration) => new Migration().name);
  return restore({ ...wish, config, knownMigrations, openForReading });
}
