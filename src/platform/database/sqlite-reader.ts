import type { Connections } from './connections.js';
import { sqliteDriver } from './sqlite-driver.js';
import type { SqliteConnection } from './statements.js';

interface Reader extends SqliteConnection {
  pragma(text: string): void;
  close(): void;
}

/** A connection to the file that sees what is committed and cannot write. */
export function queryOnly(file: string): Reader {
  const Driver = sqliteDriver() as new (file: string) => Reader;
  const reader = new Driver(file);
  reader.pragma('query_only = ON');
  reader.pragma('busy_timeout = 5000');
  return reader;
}

/** One that ends with TypeORM's. */
export function openReader(dataSource: Connections, file: string): Promise<SqliteConnection> {
  const reader = queryOnly(file);
  dataSource.endWith(async () => reader.close());
  return Promise.resolve(reader);
}
