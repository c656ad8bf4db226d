import { sqliteDriver } from '../platform/database/sqlite-driver.js';
import type { MovedTable } from './moved-tables.js';

/** As the driver hands it out with whole numbers as bigints. */
export type Value = string | bigint | number | Uint8Array | null;
type Values = Value[];

interface Statement {
  all(...values: unknown[]): unknown[];
  run(...values: unknown[]): unknown;
  raw(isRaw: boolean): Statement;
  safeIntegers(isSafe: boolean): Statement;
  iterate(...values: unknown[]): IterableIterator<unknown>;
}

interface Handle {
  exec(sql: string): void;
  pragma(text: string): void;
  prepare(sql: string): Statement;
  close(): void;
}

/** The file that is moved: read in the order of its keys, and held so that nobody changes it meanwhile. */
export class SqliteSource {
  private readonly handle: Handle;
  private isHeld = false;

  constructor(file: string) {
    const Driver = sqliteDriver() as new (file: string) => Handle;
    this.handle = new Driver(file);
    this.handle.pragma('busy_timeout = 5000');
    this.handle.pragma('synchronous = FULL');
  }

  /** What is there now stays as it is until `release`, also for commands that work beside the service. */
  hold(): void {
    this.handle.exec('BEGIN IMMEDIATE');
    this.isHeld = true;
  }

  release(): void {
    this.handle.exec('COMMIT');
    this.isHeld = false;
  }

  run(sql: string, values: unknown[] = []): void {
    this.handle.prepare(sql).run(values);
  }

  close(): void {
    // libsql keeps the lock of what is closed in a transaction.
    if (this.isHeld) this.handle.exec('ROLLBACK');
    this.handle.close();
  }

  columns(): Map<string, string[]> {
    const rows = this.read(
      `SELECT tables.name, columns.name FROM sqlite_master tables, pragma_table_info(tables.name) columns
       WHERE tables.type = 'table' AND substr(tables.name, 1, 7) <> 'sqlite_'`,
    );
    const found = new Map<string, string[]>();
    for (const [table, column] of rows) found.set(String(table), [...(found.get(String(table)) ?? []), String(column)]);
    return found;
  }

  count({ name }: MovedTable): number {
    return Number(this.read(`SELECT COUNT(*) FROM \`${name}\``)[0]?.[0] ?? 0);
  }

  /** How many rows stand up to and with a key. */
  countUpTo(table: MovedTable, key: Values): number {
    const names = keyOf(table);
    const rows = this.read(
      `SELECT COUNT(*) FROM \`${table.name}\` WHERE (${names.join(', ')}) <= (${names.map(() => '?').join(', ')})`,
      key,
    );
    return Number(rows[0]?.[0] ?? 0);
  }

  after(table: MovedTable, key: Values | null, limit: number): Values[] {
    const names = keyOf(table);
    const where = key === null ? '' : `WHERE (${names.join(', ')}) > (${names.map(() => '?').join(', ')})`;
    return this.read(`${selectOf(table)} ${where} ORDER BY ${names.join(', ')} LIMIT ${limit}`, key ?? []);
  }

  /** All rows in the order of the key. */
  *rows(table: MovedTable): Generator<Values> {
    const statement = this.handle.prepare(`${selectOf(table)} ORDER BY ${keyOf(table).join(', ')}`);
    for (const row of statement.safeIntegers(true).raw(true).iterate()) yield row as Values;
  }

  /** What the next row that the database numbers by itself will get. */
  nextNumber({ name, counted }: MovedTable): bigint {
    const [row] = this.read(
      `SELECT MAX(COALESCE((SELECT MAX(\`${counted ?? ''}\`) FROM \`${name}\`), 0), COALESCE((SELECT seq FROM sqlite_sequence WHERE name = ?), 0))`,
      [name],
    );
    return BigInt(String(row?.[0] ?? 0)) + 1n;
  }

  private read(sql: string, values: unknown[] = []): Values[] {
    return this.handle.prepare(sql).safeIntegers(true).raw(true).all(values) as Values[];
  }
}

function selectOf({ name, columns }: MovedTable): string {
  return `SELECT ${columns.map((column) => `\`${column.name}\``).join(', ')} FROM \`${name}\``;
}

function keyOf({ key, columns }: MovedTable): string[] {
  return key.map((place) => `\`${columns[place]?.name ?? ''}\``);
}
