import { createRequire } from 'node:module';
import type * as Mysql from 'mysql2';

/** The next free one of a pool; whoever gets it releases or destroys it. */
export function connectionOf(pool: Mysql.Pool): Promise<Mysql.PoolConnection> {
  return new Promise((resolve, reject) => {
    pool.getConnection((error, connection) => (error ? reject(error) : resolve(connection)));
  });
}

/** Loaded by who has such a database: with SQLite it would take some 15 ms of a start and 2 MB for nothing. */
export function mysqlDriver(): typeof Mysql {
  return createRequire(import.meta.url)('mysql2') as typeof Mysql;
}
