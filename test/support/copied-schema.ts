import type { DataSource } from 'typeorm';
import { migrate } from '../../src/data-source.js';

/** What the migrations have made of an empty database, as statements, by kind of database. */
const outcomes = new Map<string, string[]>();

/**
 * Migrates the first empty database of this process, and gives later ones what came of it: every spec file wants one, and fifty migrations of an empty
 * database take 90 ms of processor time on SQLite, their outcome 10 ms. `schema.spec.ts` holds the two together.
 */
export async function migrateByCopy(dataSource: DataSource): Promise<void> {
  const { type } = dataSource.options;
  const isSqlite = type === 'better-sqlite3';
  const outcome = outcomes.get(type);
  const isEmpty = (await tablesOf(dataSource, isSqlite)).length === 0;
  if (isEmpty && outcome !== undefined) return replay(dataSource, outcome, isSqlite);
  await migrate(dataSource);
  if (isEmpty) outcomes.set(type, await (isSqlite ? sqliteOutcome : serverOutcome)(dataSource));
}

async function replay(dataSource: DataSource, statements: string[], isSqlite: boolean): Promise<void> {
  const runner = dataSource.createQueryRunner();
  try {
    if (isSqlite) {
      const connection = (await runner.connect()) as { exec(sql: string): void };
      connection.exec(['BEGIN', ...statements, 'COMMIT'].join(';\n'));
      return;
    }
    for (const statement of statements) await runner.query(statement);
  } finally {
    await runner.release();
  }
}

async function tablesOf(dataSource: DataSource, isSqlite: boolean): Promise<string[]> {
  const rows = await dataSource.query<{ name: string }[]>(
    isSqlite
      ? "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
      : 'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()',
  );
  return rows.map(({ name }) => name);
}

async function sqliteOutcome(dataSource: DataSource): Promise<string[]> {
  const made = await dataSource.query<{ sql: string }[]>(
    "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite%' ORDER BY type = 'table' DESC, rowid",
  );
  const rows: string[] = [];
  for (const table of await tablesOf(dataSource, true)) rows.push(...(await rowsOf(dataSource, table)));
  return [...made.map(({ sql }) => sql), ...rows];
}

async function serverOutcome(dataSource: DataSource): Promise<string[]> {
  const tables: string[] = [];
  const rows: string[] = [];
  for (const table of await tablesOf(dataSource, false)) {
    const [made] = await dataSource.query<Record<string, string>[]>(`SHOW CREATE TABLE ${table}`);
    tables.push(made?.['Create Table'] ?? '');
    rows.push(...(await rowsOf(dataSource, table)));
  }
  return [...tables, ...rows];
}

/** What migrations have written: a handful of rows of numbers and words. */
async function rowsOf(dataSource: DataSource, table: string): Promise<string[]> {
  const rows = await dataSource.query<Record<string, unknown>[]>(`SELECT * FROM ${table}`);
  return rows.map((row) => {
    const values = Object.values(row).map(literal).join(', ');
    return `INSERT INTO ${table} (${Object.keys(row).join(', ')}) VALUES (${values})`;
  });
}

function literal(value: unknown): string {
  if (value === null) return 'NULL';
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
  throw new Error(
    `expected migrations to write numbers and texts alone, got ${typeof value}: say here how it is written`,
  );
}
