import { rm, stat } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { sqliteDriver, sqliteDriverPath } from '../platform/database/sqlite-driver.js';

const LOOK_EVERY_MS = 50;
/** In a thread of its own, because it stops the one that it runs in; as a text, because the command line is one file. */
const VACUUM = `
  const { parentPort, workerData: { driver, file, to } } = require('node:worker_threads');
  try {
    const source = new (require(driver))(file);
    source.pragma('busy_timeout = 5000');
    source.prepare('VACUUM INTO ?').run(to);
    source.close();
    parentPort.postMessage(null);
  } catch ({ message, code }) {
    parentPort.postMessage({ message, code });
  }
`;

interface Handle {
  pragma(text: string): void;
  prepare(sql: string): { run(...values: unknown[]): unknown; all(): unknown[] };
  close(): void;
}

export interface DatabaseFacts {
  migrations: string[];
  rows: Record<string, number>;
}

/**
 * A copy of one instant while others read and write; who writes goes on meanwhile. VACUUM INTO, because the driver's own backup begins anew with each write of
 * another process, libsql has none, and what was deleted long ago is not in the copy. `onBytes` is told how large the copy is by now.
 */
export async function copySqlite(file: string, to: string, onBytes: (bytes: number) => void): Promise<void> {
  await rm(to, { force: true });
  let isOver = false;
  const look = async (): Promise<void> => {
    const bytes = await sizeOf(to);
    if (!isOver) onBytes(bytes);
  };
  const looking = setInterval(() => void look(), LOOK_EVERY_MS);
  try {
    await new Promise<void>((resolve, reject) => {
      const workerData = { driver: sqliteDriverPath(), file, to };
      const worker = new Worker(VACUUM, { eval: true, workerData });
      worker.on('error', reject);
      worker.on('exit', () => reject(new Error('the thread that copies the database has ended')));
      worker.on('message', (failure: { message: string; code?: string } | null) => {
        if (failure === null) resolve();
        else reject(Object.assign(new Error(failure.message), { code: failure.code }));
      });
    });
  } finally {
    isOver = true;
    clearInterval(looking);
  }
}

async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}

/** What a copy holds. Throws where it is no sound database. */
export function lookIntoCopy(copy: string): DatabaseFacts {
  const database = open(copy);
  const read = <Row>(sql: string): Row[] => database.prepare(sql).all() as Row[];
  try {
    database.pragma('query_only = ON');
    const [check] = read<{ integrity_check: string }>('PRAGMA integrity_check(1)');
    if (check?.integrity_check !== 'ok') throw new Error(`the copy of the database is not sound`);
    const tables = read<{ name: string }>(
      String.raw`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\' ORDER BY name`,
    );
    const count = (table: string): number => read<{ n: number }>(`SELECT COUNT(*) AS n FROM "${table}"`)[0]?.n ?? 0;
    const rows = Object.fromEntries(tables.map(({ name }) => [name, count(name)]));
    const migrations =
      'migration' in rows
        ? read<{ name: string }>('SELECT name FROM migration ORDER BY id').map(({ name }) => name)
        : [];
    return { migrations, rows };
  } finally {
    database.close();
  }
}

/** A copy is made without a log; with one it is as the service has it, and its doctor expects it. */
export function setJournal(file: string): void {
  const database = open(file);
  database.pragma('journal_mode = WAL');
  database.close();
}

function open(file: string): Handle {
  const Driver = sqliteDriver() as new (file: string) => Handle;
  return new Driver(file);
}
