import mysql from 'mysql2/promise';
import { sqliteDriver } from '../dist/src/platform/database/sqlite-driver.js';
import { statements } from './bare-statements.mjs';

/** As many as the service keeps. */
const MYSQL_CONNECTIONS = 16;
const MAX_ATTEMPTS = 40;
const RETRYABLE_ERRNOS = new Set([1062, 1205, 1213, 1020]);

/**
 * Work is a generator that yields statements (`[sql, parameters]`) and is given rows. So one text of each request runs on both drivers as each
 * does it best: without any waiting on SQLite, with one round trip a statement on MySQL.
 */
export function openStore(databaseUrl) {
  return databaseUrl.startsWith('sqlite:') ? openSqlite(databaseUrl.slice('sqlite:'.length)) : openMysql(databaseUrl);
}

function openSqlite(file) {
  const Driver = sqliteDriver();
  const connection = new Driver(file);
  for (const setting of ['journal_mode = WAL', 'synchronous = FULL', 'busy_timeout = 5000']) connection.pragma(setting);
  const prepared = new Map();
  const execute = ([sql, parameters]) => {
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
    while (!step.done) step = work.next(execute(step.value));
    return step.value;
  };
  return {
    sql: { ...statements({ forUpdate: '', forShare: '' }), isSharded: false },
    read: async (work) => follow(work()),
    async transaction(work) {
      execute(['BEGIN IMMEDIATE', []]);
      try {
        const result = follow(work());
        execute(['COMMIT', []]);
        return result;
      } catch (error) {
        execute(['ROLLBACK', []]);
        throw error;
      }
    },
  };
}

function openMysql(uri) {
  const pool = mysql.createPool({ uri, connectionLimit: MYSQL_CONNECTIONS, charset: 'utf8mb4', timezone: 'Z' });
  pool.pool.on('connection', (connection) => {
    connection.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');
    connection.query('SET SESSION innodb_lock_wait_timeout = 2');
  });
  const follow = async (connection, work) => {
    let step = work.next();
    while (!step.done) step = work.next((await connection.execute(...step.value))[0]);
    return step.value;
  };
  const attempt = async (work) => {
    const connection = await pool.getConnection();
    try {
      await connection.beginTransaction();
      const result = await follow(connection, work());
      await connection.commit();
      return result;
    } catch (error) {
      await connection.rollback();
      throw error;
    } finally {
      connection.release();
    }
  };
  return {
    sql: { ...statements({ forUpdate: 'FOR UPDATE', forShare: 'LOCK IN SHARE MODE' }), isSharded: true },
    read: (work) => follow(pool, work()),
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
