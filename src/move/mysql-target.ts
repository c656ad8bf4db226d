import type { Connection, QueryError } from 'mysql2';
import type { Connections } from '../platform/database/connections.js';
import { mysqlDriver } from '../platform/database/mysql-driver.js';
import { connectionOptions } from '../platform/database/mysql-transactions.js';
import type { MovedTable } from './moved-tables.js';
import type { Value } from './sqlite-source.js';

/** Nothing is cut, rounded or numbered anew on its way, and a backslash escapes: the values stand in the text. */
const AT_CONNECTING = [
  "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION,ERROR_FOR_DIVISION_BY_ZERO'",
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
  'SET SESSION autocommit = 0',
];

/** The one connection by which rows arrive. */
export class MysqlTarget {
  private constructor(private readonly connection: Connection) {}

  static async connect(dataSource: Connections): Promise<MysqlTarget> {
    const connection = mysqlDriver().createConnection({
      ...connectionOptions(dataSource),
      bigNumberStrings: true,
      connectTimeout: 5_000,
    });
    // What fails is told by the statement that waits for it.
    connection.on('error', () => undefined);
    const target = new MysqlTarget(connection);
    for (const sql of AT_CONNECTING) await target.run(sql);
    return target;
  }

  run(sql: string, values: unknown[] = []): Promise<unknown[]> {
    return new Promise((resolve, reject) => {
      const settle = (error: QueryError | null, rows: unknown): void =>
        error ? reject(error) : resolve(rows as unknown[]);
      this.connection.query({ sql, values, rowsAsArray: true }, settle);
    });
  }

  commit(): Promise<unknown> {
    return this.run('COMMIT');
  }

  close(): void {
    this.connection.destroy();
  }

  async columns(): Promise<Map<string, string[]>> {
    const rows = (await this.run(
      'SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = DATABASE()',
    )) as [string, string][];
    const found = new Map<string, string[]>();
    for (const [table, column] of rows) found.set(table, [...(found.get(table) ?? []), column]);
    return found;
  }

  async isEmpty(table: string): Promise<boolean> {
    return (await this.run(`SELECT 1 FROM \`${table}\` LIMIT 1`)).length === 0;
  }

  async insert({ name, columns }: MovedTable, rows: readonly Value[][]): Promise<void> {
    const names = columns.map((column) => `\`${column.name}\``).join(', ');
    await this.run(`INSERT INTO \`${name}\` (${names}) VALUES ?`, [rows]);
  }

  /** All rows in the order of the key, as they come. */
  rows({ name, columns, key }: MovedTable): AsyncIterable<unknown[]> {
    const names = columns.map((column) => `\`${column.name}\``);
    const order = key.map((place) => names[place]).join(', ');
    const sql = `SELECT ${names.join(', ')} FROM \`${name}\` ORDER BY ${order}`;
    return this.connection.query({ sql, rowsAsArray: true }).stream({ highWaterMark: 500 }) as AsyncIterable<unknown[]>;
  }
}
