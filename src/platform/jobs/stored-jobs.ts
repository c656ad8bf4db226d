import { change, type Database, type Tx } from '../database/database.js';
import { Conflict, NotFound } from '../errors.js';
import { deleteById, marks } from './by-id.js';

export type JobState = 'waiting' | 'running' | 'parked';

/** A job as operators see it. */
export interface StoredJob {
  id: string;
  kind: string;
  state: JobState;
  attempts: number;
  /** When it runs next; when its lease ends if it runs; when it was parked if it is. */
  runAt: number;
  lastError: string | null;
  createdAt: number;
}

interface Row {
  id: string;
  kind: string;
  status: 'waiting' | 'parked';
  lease: string | null;
  attempts: number;
  run_at: number;
  last_error: string | null;
  created_at: number;
}

const COLUMNS = 'id, kind, status, lease, attempts, run_at, last_error, created_at';
const STATE_SQL: Record<JobState, string> = {
  waiting: "status = 'waiting' AND (lease IS NULL OR run_at <= ?)",
  running: "status = 'waiting' AND lease IS NOT NULL AND run_at > ?",
  parked: "status = 'parked' AND run_at <= ?",
};

export interface JobQuery {
  state?: JobState;
  limit: number;
  /** Id of the last job of the page before. */
  cursor?: string;
}

/** Newest first. */
export async function listJobs(database: Database, query: JobQuery, now: number): Promise<StoredJob[]> {
  const conditions = ['1 = 1'];
  const parameters: unknown[] = [];
  if (query.state) {
    conditions.push(STATE_SQL[query.state]);
    parameters.push(now);
  }
  if (query.cursor !== undefined) {
    conditions.push('id < ?');
    parameters.push(query.cursor);
  }
  const rows: Row[] = await database.read((manager) =>
    manager.query(`SELECT ${COLUMNS} FROM job WHERE ${conditions.join(' AND ')} ORDER BY id DESC LIMIT ?`, [
      ...parameters,
      query.limit,
    ]),
  );
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    state: stateOf(row, now),
    attempts: Math.abs(row.attempts),
    runAt: Number(row.run_at),
    lastError: row.last_error,
    createdAt: Number(row.created_at),
  }));
}

function stateOf(row: Row, now: number): JobState {
  if (row.status === 'parked') return 'parked';
  return row.lease !== null && Number(row.run_at) > now ? 'running' : 'waiting';
}

/** Makes a parked or postponed job due now with all its attempts before it. Refuses while it runs. */
export async function retryJob(tx: Tx, database: Database, id: string, now: number): Promise<void> {
  const [row]: Row[] = await tx.query(`SELECT ${COLUMNS} FROM job WHERE id = ? ${database.forUpdate}`, [id]);
  if (!row) throw new NotFound('no such job');
  if (stateOf(row, now) === 'running') throw new Conflict('the job is running');
  await change(tx, "UPDATE job SET status = 'waiting', lease = NULL, run_at = ?, attempts = 0 WHERE id = ?", [now, id]);
}

const PURGE_BATCH = 1000;

/** Deletes jobs parked before the given instant, in short transactions; returns how many. */
export async function purgeParkedJobs(database: Database, before: number): Promise<number> {
  for (let purged = 0; ;) {
    const count = await database.transaction(async (tx) => {
      const rows: { id: string }[] = await tx.query(
        `SELECT id FROM job WHERE status = 'parked' AND run_at < ? ORDER BY run_at LIMIT ? ${database.forUpdateSkipLocked}`,
        [before, PURGE_BATCH],
      );
      const ids = rows.map((row) => row.id);
      if (ids.length > 0) await change(tx, `${deleteById(database)} WHERE id IN (${marks(ids)})`, ids);
      return ids.length;
    });
    purged += count;
    if (count < PURGE_BATCH) return purged;
  }
}

/** Kinds that have been due for a minute although nobody here handles them. */
export async function overdueForeignKinds(database: Database, known: string[], now: number): Promise<string[]> {
  const rows: { kind: string }[] = await database.read((manager) =>
    manager.query(
      `SELECT DISTINCT kind FROM job WHERE status = 'waiting' AND run_at <= ? AND kind NOT IN (${marks(['', ...known])})`,
      [now - 60_000, '', ...known],
    ),
  );
  return rows.map((row) => row.kind);
}
