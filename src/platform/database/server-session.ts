import type { DataSource } from 'typeorm';
import { mysqlPool } from './statements.js';

/** MySQL has no such variable, and a MariaDB server that is alone has it off. */
export async function isNodeOfCluster(dataSource: DataSource): Promise<boolean> {
  const rows = await dataSource.query<{ Value: string }[]>("SHOW VARIABLES LIKE 'wsrep_on'");
  return rows[0]?.Value === 'ON';
}

/**
 * Every connection reads committed rows only and gives up a lock wait after 2 s; the transaction then runs again, for 5 s in all. Whoever gives up loses
 * the place in the queue: with 1 s a busy machine starved some. Set once per connection, not per transaction: it saves a round trip each.
 */
export async function setSessionDefaults(dataSource: DataSource): Promise<void> {
  const statements = [
    'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
    'SET SESSION innodb_lock_wait_timeout = 2',
  ];
  mysqlPool(dataSource).on('connection', (connection) => {
    for (const statement of statements) connection.query(statement);
  });
  // The pool has just one connection yet, made before the listener could be set.
  for (const statement of statements) await dataSource.query(statement);
}
