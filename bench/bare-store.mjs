import mysql from 'mysql2/promise';
import { sqliteDriver } from '../dist/src/platform/database/sqlite-driver.js';
import { statements as statementsOf } from './bare-statements.mjs';

/** As many as the service keeps for its transactions. */
const MYSQL_CONNECTIONS = 24;
const MAX_ATTEMPTS = 40;
const RETRYABLE_ERRNOS = new Set([1062, 1205, 1213, 1020]);
/** As the service commits: what has come in one turn, and no more than this. */
const MOST_TOGETHER = 32;

/** Statements of one trip; their results come as a list. */
export const together = (...statements) => ({ together: statements });
/** A statement that nobody waits for: it goes with the next trip, at the latest with the commit. */
export const late = (sql, parameters) => ({ late: [sql, parameters] });

/**
 * Work is a generator that yields statements (`[sql, parameters]`, `together`, `late`) and is given rows. So one text of each request runs on both
 * drivers as each does it best: without any waiting and with one commit for many on SQLite, in few trips on MySQL.
 */
export function openStore(databaseUrl) {
  return databaseUrl.startsWith('sqlite:') ? openSqlite(databaseUrl.slice('sqlite:'.length)) : openMysql(databaseUrl);
}

function openSqlite(file) {
  const Driver = sqliteDriver();
  const connection = new Driver(file);
  for (const setting of ['journal_mode = WAL', 'synchronous = FULL', 'busy_timeout = 5000']) connection.pragma(setting);
  const prepared = new Map();
  const execute = (sql, parameters) => {
    let statement = prepared.get(sql);
    if (!statement) {
      const made = connection.prepare(sql);
      const reads = sql.startsWith('SELECT');
      statement = (values) => (reads ? made.all(...values) : made.run(...values));
      prepared.set(sql, statement);
    }
    return statement(parameters);
  };
  const follow = (work) => {
    let step = work.next();
    while (!step.done) {
      const { together: several, late: one = step.value } = step.value;
      step = work.next(several ? several.map((statement) => execute(...statement)) : execute(...one));
    }
    return step.value;
  };
  const waiting = [];
  const alone = ({ work, resolve, reject }) => {
    execute('SAVEPOINT one', []);
    try {
      const result = follow(work());
      execute('RELEASE one', []);
      return () => resolve(result);
    } catch (error) {
      execute('ROLLBACK TO one', []);
      execute('RELEASE one', []);
      return () => reject(error);
    }
  };
  const commit = () => {
    execute('BEGIN IMMEDIATE', []);
    const ended = waiting.splice(0, MOST_TOGETHER).map(alone);
    execute('COMMIT', []);
    for (const settle of ended) settle();
    if (waiting.length > 0) setImmediate(commit);
  };
  const onTaken = { change: (key) => `ON CONFLICT (${key}) DO UPDATE SET`, more: (column) => `excluded.${column}` };
  return {
    sql: { ...statementsOf({ forUpdate: '', forShare: '', onTaken }), isSharded: false },
    read: async (work) => follow(work()),
    transaction: (work) =>
      new Promise((resolve, reject) => {
        waiting.push({ work, resolve, reject });
        if (waiting.length === 1) setImmediate(commit);
      }),
  };
}

const AT_CONNECTING = `SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED;
  SET SESSION innodb_lock_wait_timeout = 2, autocommit = 0`;

function openMysql(uri) {
  const options = { uri, charset: 'utf8mb4', timezone: 'Z' };
  const readers = mysql.createPool({ ...options, connectionLimit: 8 });
  const writers = mysql.createPool({ ...options, connectionLimit: MYSQL_CONNECTIONS, multipleStatements: true });
  writers.pool.on('connection', (connection) => connection.query(AT_CONNECTING));
  const send = async (connection, statements) => {
    if (statements.length === 1) return [(await connection.execute(...statements[0]))[0]];
    const text = statements.map(([sql]) => sql).join('; ');
    return (
      await connection.query(
        text,
        statements.flatMap(([, values]) => values),
      )
    )[0];
  };
  const follow = async (connection, work) => {
    const waiting = [];
    let step = work.next();
    while (!step.done) {
      const { together: several, late: one } = step.value;
      if (one) {
        waiting.push(one);
        step = work.next();
        continue;
      }
      const results = await send(connection, [...waiting.splice(0), ...(several ?? [step.value])]);
      step = work.next(several ? results.slice(-several.length) : results.at(-1));
    }
    return { result: step.value, waiting };
  };
  const attempt = async (work) => {
    const connection = await writers.getConnection();
    try {
      const { result, waiting } = await follow(connection, work());
      await send(connection, [...waiting, ['COMMIT', []]]);
      return result;
    } catch (error) {
      await connection.query('ROLLBACK');
      throw error;
    } finally {
      connection.release();
    }
  };
  const onTaken = { change: () => 'ON DUPLICATE KEY UPDATE', more: (column) => `VALUES(${column})` };
  return {
    sql: { ...statementsOf({ forUpdate: 'FOR UPDATE', forShare: 'LOCK IN SHARE MODE', onTaken }), isSharded: true },
    read: async (work) => (await follow(readers, work())).result,
    async transaction(work) {
      for (let attempts = 1; ; attempts++) {
        try {
          return await attempt(work);
        } catch (error) {
          if (!RETRYABLE_ERRNOS.has(error.errno) || attempts === MAX_ATTEMPTS) throw error;
        }
      }
    },
  };
}
