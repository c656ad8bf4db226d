import type { Connection, Pool, QueryError, ResultSetHeader, RowDataPacket } from 'mysql2';
import { type DataSource, type EntityManager, type QueryRunner, QueryFailedError } from 'typeorm';
import type { MysqlDriver } from 'typeorm/driver/mysql/MysqlDriver.js';

/** Rows of a reading statement, and how many rows a changing one touched. */
export interface Outcome {
  rows: unknown[];
  affected: number;
}

export type RunStatement = (sql: string, parameters: unknown[]) => Promise<Outcome>;

interface SqliteStatement {
  reader: boolean;
  all(...parameters: unknown[]): unknown[];
  run(...parameters: unknown[]): { changes: number };
}

/** What better-sqlite3 and libsql have in common and is used here. */
interface SqliteConnection {
  prepare(sql: string): SqliteStatement;
}

/** Statements with lists of changing length would otherwise be kept for ever. */
const KEPT_STATEMENTS = 500;

/**
 * Hot statements go to the driver itself: TypeORM's way there took a fifth of the processor time of a request, and prepares nothing.
 * driver-contract.spec.ts holds what is relied on of the drivers.
 */
export function sqliteStatements(runner: QueryRunner): RunStatement {
  const connecting: Promise<SqliteConnection> = runner.connect();
  let connection: SqliteConnection | null = null;
  const prepared = new Map<string, SqliteStatement>();
  return async (sql, parameters) => {
    // Awaited once only: statements must reach the database in the order in which they were asked for.
    connection ??= await connecting;
    try {
      let statement = prepared.get(sql);
      if (!statement) {
        if (prepared.size >= KEPT_STATEMENTS) prepared.clear();
        statement = connection.prepare(sql);
        prepared.set(sql, statement);
      }
      const values = parameters.map(bindable);
      if (statement.reader) return { rows: statement.all(...values), affected: 0 };
      return { rows: [], affected: statement.run(...values).changes };
    } catch (error) {
      throw new QueryFailedError(sql, parameters, error as Error);
    }
  };
}

/** The pool from which TypeORM takes its connections; TypeORM has no way to ask it for a statement outside a transaction without a runner of its own. */
export function mysqlPool(dataSource: DataSource): Pool {
  const { pool } = dataSource.driver as MysqlDriver;
  if (typeof pool?.execute !== 'function') throw new Error('expected TypeORM to keep its mysql2 pool as driver.pool');
  return pool;
}

/**
 * MySQL 8 refuses a LIMIT that is bound as a double, which is how mysql2 binds every number unless the server says otherwise (MariaDB takes it). Such
 * a statement is sent as text, with its values in it.
 */
const BOUND_LIMIT = 'LIMIT ?';

/** Prepared on the server and kept there for the next time, wherever there are values to bind and both databases can bind them. */
export function mysqlStatements(driver: Pick<Pool | Connection, 'execute' | 'query'>): RunStatement {
  return (sql, parameters) =>
    new Promise((resolve, reject) => {
      const settle = (error: QueryError | null, result: RowDataPacket[] | ResultSetHeader): void => {
        if (error) reject(new QueryFailedError(sql, parameters, error));
        else if (Array.isArray(result)) resolve({ rows: result, affected: 0 });
        else resolve({ rows: [], affected: result.affectedRows });
      };
      const values = parameters.map(bindable);
      if (parameters.length === 0 || sql.includes(BOUND_LIMIT)) driver.query(sql, values, settle);
      else driver.execute(sql, values, settle);
    });
}

/** The same manager, whose `query` takes the short way. Everything else of it works as before, in the same transaction. */
export function managerOn(manager: EntityManager, run: RunStatement): EntityManager {
  const short = Object.create(manager) as EntityManager & { runStatement: RunStatement };
  short.runStatement = run;
  short.query = (async (sql: string, parameters: unknown[] = []) =>
    (await run(sql, parameters)).rows) as EntityManager['query'];
  return short;
}

/** Runs a changing statement and tells how many rows it touched. */
export async function change(manager: EntityManager, sql: string, parameters: unknown[] = []): Promise<number> {
  const { runStatement } = manager as EntityManager & { runStatement?: RunStatement };
  if (runStatement) return (await runStatement(sql, parameters)).affected;
  const runner: QueryRunner = manager.queryRunner ?? manager.connection.createQueryRunner();
  try {
    return (await runner.query(sql, parameters, true)).affected ?? 0;
  } finally {
    if (runner !== manager.queryRunner) await runner.release();
  }
}

/** Left out is null, and a boolean is the number that both kinds of database keep of it. */
function bindable(value: unknown): {} | null {
  if (typeof value === 'boolean') return value ? 1 : 0;
  return value ?? null;
}
