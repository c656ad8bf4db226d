import { existsSync } from 'node:fs';
import { openDatabase } from './data-source.js';
import { whyMoved } from './move/index.js';
import { Crypto } from './platform/crypto/crypto.js';
import { refuseKeys } from './platform/crypto/kept-keys.js';
import type { Connections } from './platform/database/connections.js';
import { whyDatabaseRefused } from './platform/database/why-refused.js';
import { ConfigProblems, type Config } from './platform/settings/config.js';
import { lookIntoDataFolder, openDataFolder, type Secrets } from './platform/settings/data-folder.js';

/** The database cannot be opened. The message says which, why and what to do. */
export class DatabaseRefused extends Error {
  override readonly name = 'DatabaseRefused';

  /** As the command line has it: 4 for what does not answer, 3 where the settings name another than they should. */
  constructor(
    message: string,
    readonly exitCode: 3 | 4 = 4,
  ) {
    super(message);
  }
}

interface Installation {
  secrets: Secrets;
  dataSource: Connections;
  /** Whether there was no database, though an earlier start has left its key: somebody has lost it, or named another. */
  isMadeAnew: boolean;
}

/**
 * Secrets and database of the settings, made where there are none yet. A key that is lost, or not the one that the database was written with, is refused before
 * anything is made or migrated: no new key, no file, no row.
 */
export async function openInstallation(config: Config): Promise<Installation> {
  const kept = lookIntoDataFolder(config);
  if (kept.problems.length > 0) throw new ConfigProblems(kept.problems);
  const { database } = config;
  const isThere = database.kind === 'mysql' || existsSync(database.file);
  const opened = isThere ? await open(database) : null;
  if (opened) await refuseOther(opened, kept.encryptionKeys);

  const secrets = openDataFolder(config);
  const isMadeAnew = database.kind === 'sqlite' && database.file !== ':memory:' && !isThere && kept.hasKeyFile;
  return { secrets, dataSource: opened ?? (await open(database)), isMadeAnew };
}

async function open(database: Config['database']): Promise<Connections> {
  try {
    return await openDatabase(database);
  } catch (error) {
    const { found, remedy } = whyDatabaseRefused(error, database);
    throw new DatabaseRefused(`${found}. ${remedy}`);
  }
}

/** A database that has moved, or not all of which has come yet, is not worked on. */
export async function refuseMoved(dataSource: Connections): Promise<void> {
  const why = await whyMoved(dataSource.manager);
  if (why !== null) throw new DatabaseRefused(why, 3);
}

async function refuseOther(dataSource: Connections, keys: Secrets['encryptionKeys'] | null): Promise<void> {
  try {
    await refuseMoved(dataSource);
    await refuseKeys(dataSource.manager, keys && new Crypto(keys));
  } catch (error) {
    // With it goes what SQLite keeps beside an open file.
    await dataSource.destroy();
    throw error;
  }
}
