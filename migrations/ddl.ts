import type { QueryRunner } from 'typeorm';

/**
 * A table in words that SQLite, MySQL and MariaDB share: `serial`, `int`, `instant` (bigint milliseconds), `micros` (bigint millionths),
 * `flag`, `text`, `varchar(n)`; a `?` at the end allows null.
 */
export interface TableShape {
  columns: Record<string, string>;
  /** Left out when a `serial` column is the key. */
  primary?: string[];
  unique?: Record<string, string[]>;
  index?: Record<string, string[]>;
  /** SQLite: rows stored in the primary key itself, as InnoDB always does. */
  clustered?: boolean;
}

/**
 * MySQL commits at every DDL statement, so one migration makes one table and does nothing when it is there. The binary collation is part
 * of correctness: keyed indexes are base64url, and a case-insensitive comparison would take two people for one.
 */
export async function createTable(runner: QueryRunner, name: string, shape: TableShape): Promise<void> {
  const isSqlite = runner.connection.options.type === 'better-sqlite3';
  // TypeORM recognises SQLite's generated keys by their double-quoted name only.
  const lines = Object.entries(shape.columns).map(
    ([column, type]) => `${isSqlite ? `"${column}"` : `\`${column}\``} ${sqlType(type, isSqlite)}`,
  );
  if (shape.primary) lines.push(`PRIMARY KEY (${quoted(shape.primary)})`);
  const unique = Object.entries(shape.unique ?? {});
  const index = Object.entries(shape.index ?? {});
  if (isSqlite) {
    await runner.query(
      `CREATE TABLE IF NOT EXISTS \`${name}\` (${lines.join(', ')})${shape.clustered ? ' WITHOUT ROWID' : ''}`,
    );
    for (const [key, columns] of unique) {
      await runner.query(`CREATE UNIQUE INDEX IF NOT EXISTS \`${key}\` ON \`${name}\` (${quoted(columns)})`);
    }
    for (const [key, columns] of index) {
      await runner.query(`CREATE INDEX IF NOT EXISTS \`${key}\` ON \`${name}\` (${quoted(columns)})`);
    }
    return;
  }
  for (const [key, columns] of unique) lines.push(`UNIQUE INDEX \`${key}\` (${quoted(columns)})`);
  for (const [key, columns] of index) lines.push(`INDEX \`${key}\` (${quoted(columns)})`);
  await runner.query(
    `CREATE TABLE IF NOT EXISTS \`${name}\` (${lines.join(', ')}) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`,
  );
}

/** Adds columns that are not there yet; each must allow null or the table be empty. */
export async function addColumns(runner: QueryRunner, table: string, columns: Record<string, string>): Promise<void> {
  const isSqlite = runner.connection.options.type === 'better-sqlite3';
  const present = await runner.getTable(table);
  for (const [column, type] of Object.entries(columns)) {
    if (present?.columns.some(({ name }) => name === column)) continue;
    await runner.query(`ALTER TABLE \`${table}\` ADD COLUMN \`${column}\` ${sqlType(type, isSqlite)}`);
  }
}

export async function dropColumns(runner: QueryRunner, table: string, columns: string[]): Promise<void> {
  for (const column of columns) await runner.query(`ALTER TABLE \`${table}\` DROP COLUMN \`${column}\``);
}

/** Gives an index other columns. Safe to run again: MySQL keeps what an interrupted migration had done. */
export async function replaceIndex(
  runner: QueryRunner,
  table: string,
  index: string,
  columns: string[],
): Promise<void> {
  const present = await runner.getTable(table);
  const isThere = present?.indices.some(({ name }) => name === index);
  if (isThere) await runner.dropIndex(table, index);
  await runner.query(`CREATE INDEX \`${index}\` ON \`${table}\` (${quoted(columns)})`);
}

export async function dropTable(runner: QueryRunner, name: string): Promise<void> {
  await runner.query(`DROP TABLE IF EXISTS \`${name}\``);
}

function sqlType(type: string, isSqlite: boolean): string {
  const isNullable = type.endsWith('?');
  const bare = isNullable ? type.slice(0, -1) : type;
  if (bare === 'serial')
    return isSqlite ? 'integer PRIMARY KEY AUTOINCREMENT NOT NULL' : 'int NOT NULL AUTO_INCREMENT PRIMARY KEY';
  const sql: Record<string, string> = {
    int: isSqlite ? 'integer' : 'int',
    instant: 'bigint',
    micros: 'bigint',
    flag: isSqlite ? 'boolean' : 'tinyint',
    text: 'text',
  };
  return `${sql[bare] ?? bare}${isNullable ? '' : ' NOT NULL'}`;
}

function quoted(columns: string[]): string {
  return columns.map((column) => `\`${column}\``).join(', ');
}
