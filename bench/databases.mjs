import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import mysql from 'mysql2/promise';

const { TEST_DATABASE_URL } = process.env;
const SERVER = TEST_DATABASE_URL ?? 'mysql://root@127.0.0.1:3306';
const PROBE_MS = 2_000;

const folders = new Set();
const names = new Set();

export function newFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'masking-bench-'));
  folders.add(folder);
  return folder;
}

/** An empty database of each kind for each server; the service and its peer never share one. */
export const kinds = {
  sqlite: {
    describe: async () => `SQLite in ${tmpdir()}, synchronous=FULL`,
    create: async () => `sqlite:${join(newFolder(), 'bench.db')}`,
  },
  mysql: {
    describe: () =>
      onServer(async (connection) => {
        const [[row]] = await connection.query(
          'SELECT VERSION() AS version, @@innodb_flush_log_at_trx_commit AS flush, @@innodb_buffer_pool_size DIV 1048576 AS pool',
        );
        return `${row.version}, innodb_flush_log_at_trx_commit=${row.flush}, buffer pool ${row.pool} MB`;
      }),
    create: () =>
      onServer(async (connection) => {
        const name = `masking_bench_${randomBytes(4).toString('hex')}`;
        names.add(name);
        await connection.query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
        const url = new URL(SERVER);
        url.pathname = `/${name}`;
        return url.href;
      }),
  },
};

/** The server's process, when it runs on this machine and may be looked at; else null. */
export async function databasePid(kind) {
  if (kind !== 'mysql') return null;
  try {
    return await onServer(async (connection) => {
      const [[row]] = await connection.query('SELECT @@pid_file AS file, @@datadir AS folder');
      return Number(readFileSync(resolve(row.folder, row.file), 'utf8'));
    });
  } catch {
    return null;
  }
}

/** MySQL or MariaDB is measured when TEST_DATABASE_URL names a server, which then must answer, or when one answers on this machine. */
async function isMysqlThere() {
  try {
    await onServer((connection) => connection.ping());
    return true;
  } catch (error) {
    if (TEST_DATABASE_URL !== undefined) throw error;
    return false;
  }
}

export async function wantedKinds(only, say) {
  const present = (await isMysqlThere()) ? ['sqlite', 'mysql'] : ['sqlite'];
  if (present.length === 1) say('no MySQL or MariaDB answers: SQLite only');
  return only === undefined ? present : present.filter((kind) => kind === only);
}

export async function dropAll() {
  if (names.size > 0) {
    await onServer(async (connection) => {
      for (const name of names) await connection.query(`DROP DATABASE IF EXISTS ${name}`);
      names.clear();
    });
  }
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  folders.clear();
}

async function onServer(work) {
  const connection = await mysql.createConnection({ uri: SERVER, connectTimeout: PROBE_MS });
  try {
    return await work(connection);
  } finally {
    await connection.end();
  }
}
