import type { Pool } from 'mysql2';
import type { DataSource, EntityManager } from 'typeorm';
import { connectionOf } from './mysql-driver.js';
import { managerOn, managerOver, mysqlStatements } from './statements.js';

const BEGIN = [
  'SET TRANSACTION ISOLATION LEVEL REPEATABLE READ',
  'START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY',
];

/** Reads that need several statements to be of one instant: sums of a list and its edges, for one, while sessions move from one to the other. */
export async function readSnapshot<T>(
  dataSource: DataSource,
  pool: Pool,
  work: (manager: EntityManager) => Promise<T>,
): Promise<T> {
  const connection = await connectionOf(pool);
  const run = mysqlStatements(connection);
  let isClean = false;
  try {
    for (const statement of BEGIN) await run(statement, []);
    try {
      return await work(managerOn(managerOver(dataSource, run), run, run));
    } finally {
      await run('COMMIT', []);
      isClean = true;
    }
  } finally {
    if (isClean) connection.release();
    else connection.destroy();
  }
}
