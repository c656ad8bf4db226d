import { randomBytes } from 'node:crypto';
import { afterAll, describe } from '@jest/globals';
import mysql from 'mysql2/promise';
import { openDatabase } from '../../src/data-source.js';
import type { Connections } from '../../src/platform/database/connections.js';
import { Database } from '../../src/platform/database/database.js';
import { sqliteDriver } from '../../src/platform/database/sqlite-driver.js';
import { migrateByCopy } from './copied-schema.js';

export interface TestDatabase {
  kind: 'sqlite' | 'mysql';
  url: string;
  dataSource: Connections;
  database: Database;
}

type Kind = TestDatabase['kind'];

/** The databases this run tests on: SQLite always, MySQL or MariaDB when TEST_DATABASE_URL names a server. */
export const databaseKinds: Kind[] = process.env.TEST_DATABASE_URL ? ['sqlite', 'mysql'] : ['sqlite'];

/** Repeats the facts on each database; `open` makes a migrated, empty one that is dropped when the facts are done. */
export function describeOnEachDatabase(
  name: string,
  facts: (open: () => Promise<TestDatabase>, kind: Kind) => void,
): void {
  describe.each(databaseKinds)(`${name} (%s)`, (kind) => {
    const closers: (() => Promise<void>)[] = [];
    afterAll(async () => {
      for (const close of closers.splice(0).toReversed()) await close();
    });
    facts(async () => {
      const { url, drop } = await createDatabase(kind);
      closers.push(drop);
      const dataSource = await openDatabase(placeOf(kind, url));
      closers.push(() => dataSource.destroy());
      await migrateByCopy(dataSource);
      return { kind, url, dataSource, database: new Database(dataSource, { watchNesting: true }) };
    }, kind);
  });
}

/** An empty database; for MySQL one of its own on the test server. `file` puts SQLite on disk, for tests with several processes. */
export async function createDatabase(kind: Kind, file?: string): Promise<{ url: string; drop: () => Promise<void> }> {
  if (kind === 'sqlite') return { url: file ? `sqlite:${file}` : 'sqlite::memory:', drop: async () => undefined };
  const server = process.env.TEST_DATABASE_URL ?? '';
  const name = `masking_test_${randomBytes(6).toString('hex')}`;
  const run = async (sql: string): Promise<void> => {
    const connection = await mysql.createConnection(server);
    try {
      await connection.query(sql);
    } finally {
      await connection.end();
    }
  };
  await run(`CREATE DATABASE ${name} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);
  return { url: `${server.replace(/\/$/, '')}/${name}`, drop: () => run(`DROP DATABASE IF EXISTS ${name}`) };
}

/** For specs that start processes and are not about a first start: of all migrations of an empty database a process has a second, a copy of their outcome takes a tenth of it. */
export async function createMigratedDatabase(
  kind: Kind,
  file?: string,
): Promise<{ url: string; drop: () => Promise<void> }> {
  const created = await createDatabase(kind, file);
  const dataSource = await openDatabase(placeOf(kind, created.url));
  try {
    await migrateByCopy(dataSource);
  } finally {
    await dataSource.destroy();
  }
  return created;
}

function placeOf(kind: Kind, url: string) {
  return kind === 'sqlite' ? { kind, file: url.slice('sqlite:'.length) } : { kind, url };
}

/** Fills an empty database with what was dumped of another one. */
export async function loadDump(kind: Kind, url: string, dump: string): Promise<void> {
  if (kind === 'mysql') {
    const connection = await mysql.createConnection({ uri: url, multipleStatements: true });
    await connection.query(dump);
    await connection.end();
    return;
  }
  const Sqlite = sqliteDriver() as new (file: string) => { exec(sql: string): void; close(): void };
  const file = new Sqlite(url.slice('sqlite:'.length));
  file.exec(dump);
  file.close();
}

/** The server looks at who waits for whom anew only when nobody has asked for 0.1 s. */
export const LOOK_MS = 120;

/**
 * Whether a transaction of this MySQL database waits for a row that another one holds; for facts about two at once. The server's list of transactions may be
 * older than the wait that was: a connection that does nothing now waits for nothing.
 */
export async function isAnyWaiting(database: Database): Promise<boolean> {
  const rows = await database.read((manager) =>
    manager.query<unknown[]>(
      `SELECT trx_id FROM information_schema.innodb_trx JOIN information_schema.processlist ON id = trx_mysql_thread_id
       WHERE trx_state = 'LOCK WAIT' AND db = DATABASE() AND command <> 'Sleep'`,
    ),
  );
  return rows.length > 0;
}
