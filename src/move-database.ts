import { refuseMissing } from './at-database.js';
import { migrate, openDatabase, openForReading } from './data-source.js';
import { move, undoMove, type Moved, type MoveOrder } from './move/index.js';
import { Clock } from './platform/clock.js';
import { CommandFailure } from './platform/command-failure.js';
import { Database } from './platform/database/database.js';
import { describeDatabase } from './platform/database/describe-database.js';
import { pendingMigrations } from './platform/database/migrations.js';
import { holdSqlite } from './platform/database/own-sqlite.js';
import { whyDatabaseRefused } from './platform/database/why-refused.js';
import { readConfig, type Config } from './platform/settings/config.js';
import { parseDatabase } from './platform/settings/config-formats.js';

type Held = { database: Config['database']; file: string };

/** Moves the SQLite database of these settings to a server; no service may have it. */
export async function moveDatabase(
  env: NodeJS.ProcessEnv,
  { to, ...wish }: { to: string } & Pick<MoveOrder, 'signal' | 'tell'>,
): Promise<Moved> {
  const parsed = parseDatabase(to);
  if (!('value' in parsed) || parsed.value.kind === 'sqlite')
    throw new CommandFailure('--to: expected mysql://user:password@host/database', 2);
  const place = parsed.value;
  return holding(env, async ({ database, file }) => {
    const source = await openForReading(database);
    if (source === null) throw new Error('expected a file that was there');
    try {
      if ((await pendingMigrations(new Database(source))).length > 0)
        throw new CommandFailure('the database is behind this version. Run: masking migrate');
      const target = await openTarget(place);
      const [from, where] = [describeDatabase(database), describeDatabase(place)];
      try {
        const clock = new Clock();
        return await move({ ...wish, source, file, target, migrate: () => migrate(target), from, to: where, clock });
      } finally {
        await target.destroy();
      }
    } finally {
      await source.destroy();
    }
  });
}

/** Lets the service start on the file again. */
export function undoDatabaseMove(env: NodeJS.ProcessEnv): Promise<{ database: string }> {
  return holding(env, ({ database, file }) => {
    undoMove(file);
    return Promise.resolve({ database: describeDatabase(database) });
  });
}

async function holding<Result>(env: NodeJS.ProcessEnv, act: (held: Held) => Promise<Result>): Promise<Result> {
  const config = readConfig(env, false);
  const { database } = config;
  if (database.kind !== 'sqlite')
    throw new CommandFailure('DATABASE_URL names a server already: moved is from SQLite to one', 3);
  refuseMissing(config);
  const letGo = holdSqlite(database.file);
  if (letGo === null) throw new CommandFailure(`a process serves ${database.file}: stop the service first`);
  try {
    return await act({ database, file: database.file });
  } finally {
    letGo();
  }
}

async function openTarget(place: Config['database']) {
  try {
    return await openDatabase(place);
  } catch (error) {
    const { found, remedy } = whyDatabaseRefused(error, place);
    throw new CommandFailure(`${found}. ${remedy.replaceAll('DATABASE_URL', '--to')}`, 4);
  }
}
