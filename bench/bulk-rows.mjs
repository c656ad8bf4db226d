import mysql from 'mysql2/promise';
import { sqliteDriver } from '../dist/src/platform/database/sqlite-driver.js';

// Rows in bulk: into tables without their secondary indexes, which are built afterwards from the same text, because an index in the order of a hash
// costs a page a row once it is larger than the memory that is kept for it.

const ROWS_A_STATEMENT = 1000;
/** On SQLite parameters are what a statement has few of, and a longer one is no quicker. */
const SQLITE_ROWS_A_STATEMENT = 20;
const ROWS_A_COMMIT = 50_000;

/** `databaseUrl`: `sqlite:FILE` or `mysql://…`. Close it before a service starts on it. */
export function openBulk(databaseUrl) {
  return databaseUrl.startsWith('sqlite:') ? openSqlite(databaseUrl.slice('sqlite:'.length)) : openMysql(databaseUrl);
}

async function openSqlite(file) {
  const Driver = sqliteDriver();
  const database = new Driver(file);
  for (const setting of ['journal_mode = MEMORY', 'synchronous = OFF', 'cache_size = -400000', 'secure_delete = ON'])
    database.pragma(setting);
  return {
    async hasTable(name) {
      return database.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?").all(name).length > 0;
    },
    run: async (sql) => void database.exec(sql),
    rows: async (sql) => database.prepare(sql).all(),
    async textColumns() {
      const tables = database
        .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
        .all();
      const columns = ({ name }) =>
        database
          .prepare(`SELECT name FROM pragma_table_info('${name}') WHERE type LIKE 'varchar%' OR type LIKE 'text%'`)
          .all()
          .map((column) => column.name);
      return tables.map((table) => [table.name, columns(table)]);
    },
    async insert(table, { columns, constants }, rows, note) {
      const single = `(${[...columns.map(() => '?'), ...Object.values(constants).map(literal)].join(', ')})`;
      const into = `INSERT INTO ${table} (${[...columns, ...Object.keys(constants)].join(', ')}) VALUES `;
      const many = database.prepare(into + Array(SQLITE_ROWS_A_STATEMENT).fill(single).join(', '));
      const alone = database.prepare(into + single);
      for (const commit of chunks(rows, ROWS_A_COMMIT)) {
        database.exec('BEGIN');
        for (const chunk of chunks(commit, SQLITE_ROWS_A_STATEMENT)) {
          if (chunk.length === SQLITE_ROWS_A_STATEMENT) many.run(...chunk.flat());
          else for (const row of chunk) alone.run(...row);
        }
        database.exec('COMMIT');
        await note(commit.length);
      }
    },
    async dropIndexes(table) {
      const find =
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = ? ORDER BY rowid";
      const indexes = database.prepare(find).all(table);
      for (const { name } of indexes) database.exec(`DROP INDEX ${name}`);
      return async () => {
        for (const { sql } of indexes) database.exec(sql);
      };
    },
    async close() {
      database.pragma('journal_mode = WAL');
      database.pragma('wal_checkpoint(TRUNCATE)');
      database.close();
    },
  };
}

async function openMysql(url) {
  const connection = await mysql.createConnection(url);
  await connection.query('SET SESSION unique_checks = 0, SESSION foreign_key_checks = 0');
  const filled = new Set();
  return {
    async hasTable(name) {
      const [rows] = await connection.query('SHOW TABLES LIKE ?', [name]);
      return rows.length > 0;
    },
    run: (sql) => connection.query(sql),
    rows: async (sql) => (await connection.query(sql))[0],
    async textColumns() {
      const [rows] = await connection.query(
        "SELECT table_name AS t, column_name AS c FROM information_schema.columns WHERE table_schema = DATABASE() AND data_type IN ('varchar', 'text', 'longtext', 'char')",
      );
      const tables = new Map();
      for (const { t, c } of rows) tables.set(t, [...(tables.get(t) ?? []), c]);
      return [...tables];
    },
    async insert(table, { columns, constants }, rows, note) {
      filled.add(table);
      // Sent once and not with each row.
      const names = Object.keys(constants);
      for (const name of names) await connection.query(`SET @scale_${name} = ${literal(constants[name])}`);
      const same = names.map((name) => `, @scale_${name}`).join('');
      const into = `INSERT INTO ${table} (${[...columns, ...names].join(', ')}) VALUES `;
      for (const commit of chunks(rows, ROWS_A_COMMIT)) {
        let sent = connection.query('BEGIN');
        // The next statement is made while the server has this one.
        for (const chunk of chunks(commit, ROWS_A_STATEMENT)) {
          const sql = into + chunk.map((row) => `(${row.map(literal).join(',')}${same})`).join(',');
          await sent;
          sent = connection.query(sql);
        }
        await sent;
        await connection.query('COMMIT');
        await note(commit.length);
      }
    },
    async dropIndexes(table) {
      const [[shown]] = await connection.query(`SHOW CREATE TABLE ${table}`);
      const keys = shown['Create Table'].split('\n').filter((line) => /^\s+(UNIQUE )?KEY /.test(line));
      if (keys.length === 0) return async () => undefined;
      const names = keys.map((line) => /`([^`]+)`/.exec(line)[1]);
      await connection.query(`ALTER TABLE ${table} ${names.map((name) => `DROP INDEX ${name}`).join(', ')}`);
      const added = keys.map((line) => `ADD ${line.trim().replace(/,$/, '')}`).join(', ');
      return async () => void (await connection.query(`ALTER TABLE ${table} ${added}`));
    },
    async close() {
      if (filled.size > 0) await connection.query(`ANALYZE TABLE ${[...filled].join(', ')}`);
      await connection.end();
    },
  };
}

function literal(value) {
  if (typeof value === 'number') return String(value);
  if (/['\\]/.test(value)) throw new Error('expected a text without quotes and backslashes');
  return `'${value}'`;
}

function* chunks(rows, size) {
  let chunk = [];
  for (const row of rows) {
    chunk.push(row);
    if (chunk.length < size) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}
