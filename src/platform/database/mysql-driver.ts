import { createRequire } from 'node:module';
import type * as Mysql from 'mysql2';

/** Loaded by who has such a database: with SQLite it would take some 15 ms of a start and 2 MB for nothing. */
export function mysqlDriver(): typeof Mysql {
  return createRequire(import.meta.url)('mysql2') as typeof Mysql;
}
