import { isOwnedSqlite } from '../platform/database/own-sqlite.js';
import { isMissingTable } from '../platform/database/transaction.js';
import { selection } from '../platform/database/rows.js';
import { PROCESSES } from '../platform/processes/process.entity.js';
import { proofOf, type Identity } from './ask-identity.js';
import { look, type Patient } from './patient.js';

/** The slowest beat is that of SQLite, every ten seconds. */
const FRESH_MS = 35_000;

const SEEN = selection(PROCESSES.pick(['id', 'role', 'host', 'pid', 'version', 'startedAt', 'seenAt']));

export interface LivingProcess {
  id: string;
  role: 'all' | 'api' | 'worker';
  host: string;
  pid: number;
  version: string;
  startedAt: number;
}

/** Those that serve this database by what it says, oldest first; null where it does not answer. */
export async function processesHere({ database, clock, config, isServing }: Patient): Promise<LivingProcess[] | null> {
  if (!database) return null;
  // One that was killed has left its row: who has SQLite's file is known by its lock, which a process that serves must not touch itself.
  const file = config.database.kind === 'sqlite' ? config.database.file : null;
  if (!isServing && file !== null && !isOwnedSqlite(file)) return [];
  try {
    const rows = await look(database, (manager) => SEEN.read(manager, 'FROM process ORDER BY started_at, id'));
    return rows.filter(({ seenAt }) => Math.abs(clock.now() - seenAt) < FRESH_MS);
  } catch (error) {
    return isMissingTable(error) ? [] : null;
  }
}

export function inWords({ pid, host, startedAt }: LivingProcess): string {
  return `process ${pid} on ${host}, since ${new Date(startedAt).toISOString()}`;
}

/** Whether who answered is one of these. */
export function isAmong(processes: readonly LivingProcess[], identity: Identity): boolean {
  return identity.kind === 'ours' && processes.some(({ id }) => proofOf(id, identity.question) === identity.proof);
}
