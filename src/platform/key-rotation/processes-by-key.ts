import { setTimeout as delay } from 'node:timers/promises';
import type { EntityManager } from 'typeorm';
import type { Crypto } from '../crypto/crypto.js';
import { keyMarks } from '../crypto/key-marks.js';
import type { Database } from '../database/database.js';
import { isOwnedSqlite } from '../database/own-sqlite.js';
import { selection } from '../database/rows.js';
import { PROCESSES } from '../processes/process.entity.js';

const SEEN = selection(PROCESSES.pick(['id', 'host', 'pid', 'encryptionKeys', 'beats']));
/** Twice as long as a process that lives takes from beat to beat, where several share a database. */
const BEATS_WITHIN_MS = 1_500;

export interface ProcessByKey {
  id: string;
  host: string;
  pid: number;
  /** Id of the key that it seals with. */
  key: number;
  /** Whether it opens what our first key seals. */
  opensOurs: boolean;
}

/** The processes that serve this database, with what their keys are to ours. One that has died may be among them. */
export async function processesByKey(manager: EntityManager, crypto: Crypto): Promise<ProcessByKey[]> {
  const [ours] = keyMarks(crypto).split(',');
  const rows = await SEEN.read(manager, 'FROM process ORDER BY started_at, id');
  return rows.map(({ id, host, pid, encryptionKeys }) => {
    const marks = encryptionKeys?.split(',') ?? [];
    const opensOurs = encryptionKeys === null ? crypto.sealingKeyId === 1 : ours !== undefined && marks.includes(ours);
    return { id, host, pid, key: Number.parseInt(marks[0] ?? '1', 10), opensOurs };
  });
}

/** Those of them that live: whose beats go on, or, on SQLite, while somebody owns the file. */
export async function living(database: Database, processes: ProcessByKey[]): Promise<ProcessByKey[]> {
  if (processes.length === 0) return [];
  const { options } = database.dataSource;
  if (options.type === 'better-sqlite3')
    return options.database === ':memory:' || isOwnedSqlite(options.database) ? processes : [];
  const before = await beats(database);
  await delay(BEATS_WITHIN_MS);
  const after = await beats(database);
  return processes.filter(({ id }) => after.has(id) && after.get(id) !== before.get(id));
}

async function beats(database: Database): Promise<ReadonlyMap<string, number>> {
  const rows = await database.read((manager) => SEEN.read(manager, 'FROM process'));
  return new Map(rows.map((row) => [row.id, row.beats]));
}
