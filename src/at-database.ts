import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT, Failure } from './cli/failure.js';
import { migrate, openDatabase } from './data-source.js';
import { openInstallation, refuseMoved } from './open-installation.js';
import { Clock } from './platform/clock.js';
import { Database } from './platform/database/database.js';
import { describeDatabase } from './platform/database/describe-database.js';
import { pendingMigrations } from './platform/database/migrations.js';
import { createLogger } from './platform/logging/logger.js';
import { ConfigProblems, readConfig, type Config } from './platform/settings/config.js';
import { openDataFolder } from './platform/settings/data-folder.js';
import type { Ground } from './platform/platform.module.js';
import { KeptAdvance } from './simulator/index.js';

/**
 * What a command of the command line stands on: settings, keys and database of the service, which may be running meanwhile. A database that is not there is
 * never made: a wrong folder is told, and stays as it is.
 */
export async function atDatabase<Result>(
  env: NodeJS.ProcessEnv,
  act: (ground: Ground) => Promise<Result>,
): Promise<Result> {
  const config = readConfig(env, false);
  refuseMissing(config);
  const dataSource = await openDatabase(config.database);
  try {
    await refuseMoved(dataSource);
    const pending = await pendingMigrations(new Database(dataSource));
    if (pending.length > 0)
      throw new Failure(
        `${describeDatabase(config.database)} is behind this version by ${pending.length} migrations. Run: masking migrate`,
      );
    const clock = new Clock();
    if (config.provider.kind === 'simulator') clock.advance(new KeptAdvance(config.dataDir).read());
    const log = createLogger({ level: 'error', format: 'pretty' }, process.stderr);
    return await act({ config, secrets: openDataFolder(config), log, clock, dataSource });
  } finally {
    await dataSource.destroy();
  }
}

/** Names of the migrations that were done now, and of those that are not; with `isCheck` none is done, and nothing is made. */
export async function migrateDatabase(
  env: NodeJS.ProcessEnv,
  { isCheck }: { isCheck: boolean },
): Promise<{ database: string; done: string[]; pending: string[] }> {
  const config = readConfig(env, false);
  if (isCheck) refuseMissing(config);
  const dataSource = isCheck ? await openDatabase(config.database) : (await openInstallation(config)).dataSource;
  try {
    const pending = await pendingMigrations(new Database(dataSource));
    if (!isCheck && pending.length > 0) await migrate(dataSource);
    const database = describeDatabase(config.database);
    return isCheck ? { database, done: [], pending } : { database, done: pending, pending: [] };
  } finally {
    await dataSource.destroy();
  }
}

/** Whose folder or database is not there. */
export function refuseMissing({ database, dataDir, encryptionKeys }: Config): void {
  if (database.kind === 'sqlite' && database.file === ':memory:')
    throw new Failure('DATABASE_URL is sqlite::memory:, which only the service that runs can see', EXIT.settings);
  const advice = 'name the folder with --data (or DATA_DIR), or the database with DATABASE_URL';
  if (database.kind === 'sqlite' && !existsSync(database.file))
    throw new Failure(`there is no database at ${database.file}: ${advice}`, EXIT.settings);
  // A key that is made beside an existing database opens nothing in it.
  if (encryptionKeys === null && !existsSync(join(dataDir, 'encryption-key')))
    throw new ConfigProblems([{ name: 'ENCRYPTION_KEY', text: `missing, and not in ${dataDir} either; ${advice}` }]);
}
