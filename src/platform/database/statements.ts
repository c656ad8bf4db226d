import type { Connection, Pool, QueryError, ResultSetHeader, RowDataPacket } from 'mysql2';
import { type DataSource, type EntityManager, type QueryRunner, QueryFailedError } from 'typeorm';
import { Contended, isDuplicate } from './transaction.js';
import type { MysqlDriver } from 'typeorm/driver/mysql/MysqlDriver.js';

/** Rows of a reading statement, and how many rows a changing one touched. */
export interface Outcome {
  rows: unknown[];
  affected: number;
}

export type RunStatement = (sql: string, parameters: unknown[]) => Promise<Outcome>;

interface SqliteStatement {
  reader: boolean;
  /** Values as one list: of a null that stands alone libsql would think that it names parameters. */
  all(parameters: unknown[]): unknown[];
  run(parameters: unknown[]): { changes: number };
}

/** What better-sqlite3 and libsql have in common and is used here. */
export interface SqliteConnection {
  prepare(sql: string): SqliteStatement;
}

/** Statements with lists of changing length would otherwise be kept for ever. */
const KEPT_STATEMENTS = 500;

/**
 * Hot statements go to the driver itself: TypeORM's way there took a fifth of the processor time of a request, and prepares nothing.
 * driver-contract.spec.ts holds what is relied on of the drivers.
 */
export function sqliteStatements(connecting: Promise<SqliteConnection>): RunStatement {
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
      if (statement.reader) return { rows: statement.all(values), affected: 0 };
      return { rows: [], affected: statement.run(values).changes };
    } catch (error) {
      throw new QueryFailedError(sql, parameters, error as Error);
    }
  };
}

/**
 * Where a trip costs nothing late statements run at once. That one meets a taken key is what it is with MySQL, which tells of it only when the
 * transaction ends.
 */
export function atOnce(run: RunStatement): RunStatement {
  return async (sql, parameters) => {
    try {
      return await run(sql, parameters);
    } catch (error) {
      throw isDuplicate(error) ? new Contended() : error;
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
        else resolve(outcomeOf(result));
      };
      const values = parameters.map(bindable);
      if (parameters.length === 0 || sql.includes(BOUND_LIMIT)) driver.query(sql, values, settle);
      else driver.execute(sql, values, settle);
    });
}

export function outcomeOf(result: RowDataPacket[] | ResultSetHeader): Outcome {
  return Array.isArray(result) ? { rows: result, affected: 0 } : { rows: [], affected: result.affectedRows };
}

type ManagerOn = EntityManager & { runStatement: RunStatement; late: EntityManager };

/** The same manager, whose `query` takes the short way. Everything else of it works as before, in the same transaction. */
export function managerOn(manager: EntityManager, run: RunStatement, runLate: RunStatement): EntityManager {
  const short = onShortWay(manager, run);
  short.late = onShortWay(manager, runLate);
  return short;
}

function onShortWay(manager: EntityManager, run: RunStatement): ManagerOn {
  const short = Object.create(manager) as ManagerOn;
  short.runStatement = run;
  short.query = (async (sql: string, parameters: unknown[] = []) =>
    (await run(sql, parameters)).rows) as EntityManager['query'];
  return short;
}

/**
 * A manager of TypeORM's that sends all it has to say by `run`: for its finders and builders on a connection that TypeORM does not know. It takes
 * a transaction for begun, and begins none.
 */
export function managerOver(dataSource: DataSource, run: RunStatement): EntityManager {
  const query = async (sql: string, parameters: unknown[] = [], isStructured = false): Promise<unknown> => {
    const { rows, affected } = await run(sql, parameters);
    return isStructured ? { raw: rows, records: rows, affected } : rows;
  };
  // TypeORM has one runner for all of SQLite: this one stands before it and changes nothing of it.
  const runner = Object.assign(Object.create(dataSource.createQueryRunner()) as QueryRunner, {
    isTransactionActive: true,
    query: query as QueryRunner['query'],
  });
  return Object.assign(runner, { manager: dataSource.createEntityManager(runner) }).manager;
}

/**
 * The same transaction, for writes whose end nobody waits for: they travel with the next statement that is awaited, or with the commit. One that fails
 * fails the transaction; one that meets a taken key runs the whole work again, so it is for keys that only somebody faster can have taken. How many rows
 * a late write has touched is not known.
 */
export function late(tx: EntityManager): EntityManager {
  return (tx as ManagerOn).late;
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
export function bindable(value: unknown): {} | null {
  if (typeof value === 'boolean') return value ? 1 : 0;
  return value ?? null;
}
