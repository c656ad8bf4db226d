import { change, type Database, type Tx } from '../database/database.js';
import { Conflict, NotFound } from '../errors.js';
import { purgeInBatches } from '../database/purge-in-batches.js';
import { marks, number, numberOrNull, selection, text, type Selected } from '../database/rows.js';
import { deleteById } from './delete-by-id.js';
import { type Job, JOBS } from './job.entity.js';

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

const SHOWN = selection(JOBS.pick(['id', 'kind', 'status', 'lease', 'attempts', 'runAt', 'lastError', 'createdAt']));
const STATE = selection(JOBS.pick(['status', 'lease', 'runAt']));
const ID = selection(JOBS.pick(['id']));
const KIND = selection({ kind: text('DISTINCT kind') });
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
  const rows = await database.browse((manager) =>
    SHOWN.read(manager, `FROM job WHERE ${conditions.join(' AND ')} ORDER BY id DESC LIMIT ?`, [
      ...parameters,
      query.limit,
    ]),
  );
  return rows.map((row) => shown(row, now));
}

export async function findJob(database: Database, id: string, now: number): Promise<StoredJob | null> {
  const [row] = await database.browse((manager) => SHOWN.read(manager, 'FROM job WHERE id = ?', [id]));
  return row === undefined ? null : shown(row, now);
}

function shown({ status, lease, ...row }: Selected<typeof SHOWN>, now: number): StoredJob {
  return { ...row, state: stateOf({ status, lease, runAt: row.runAt }, now), attempts: Math.abs(row.attempts) };
}

function stateOf({ status, lease, runAt }: Pick<Job, 'status' | 'lease' | 'runAt'>, now: number): JobState {
  if (status === 'parked') return 'parked';
  return lease !== null && runAt > now ? 'running' : 'waiting';
}

/** Makes a parked or postponed job due now with all its attempts before it. Refuses while it runs. */
export async function retryJob(tx: Tx, database: Database, id: string, now: number): Promise<void> {
  const [row] = await STATE.read(tx, `FROM job WHERE id = ? ${database.forUpdate}`, [id]);
  if (!row) throw new NotFound('no such job');
  if (stateOf(row, now) === 'running') throw new Conflict('the job is running');
  await JOBS.update(tx, { status: 'waiting', lease: null, runAt: now, attempts: 0 }, 'WHERE id = ?', [id]);
}

/** Enough to know that somebody must look; counted no further, as they stay for 30 days. */
const MOST_PARKED = 1_000;
const DUE = selection({ runAt: numberOrNull('MIN(run_at)') });
const PARKED = selection({ jobs: number('COUNT(*)') });

export interface Backlog {
  /** Since when the job waits that has been due longest, in milliseconds since 1970; null when none is due. */
  dueSince: number | null;
  /** Up to 1,000. */
  parked: number;
}

export function readBacklog(database: Database, now: number): Promise<Backlog> {
  return database.browse(async (manager) => {
    const [due] = await DUE.read(manager, "FROM job WHERE status = 'waiting' AND run_at <= ?", [now]);
    const some = `SELECT id FROM job WHERE status = 'parked' LIMIT ${MOST_PARKED}`;
    const [parked] = await PARKED.read(manager, `FROM (${some}) some`);
    return { dueSince: due?.runAt ?? null, parked: parked?.jobs ?? 0 };
  });
}

const PURGE_BATCH = 1000;

/** Deletes jobs parked before the given instant, in short transactions; returns how many. */
export function purgeParkedJobs(database: Database, before: number): Promise<number> {
  return purgeInBatches(database, PURGE_BATCH, async (tx, size) => {
    const rows = await ID.read(
      tx,
      `FROM job WHERE status = 'parked' AND run_at < ? ORDER BY run_at LIMIT ${size} ${database.forUpdateSkipLocked}`,
      [before],
    );
    const ids = rows.map((row) => row.id);
    if (ids.length > 0) await change(tx, `${deleteById(database)} WHERE id IN (${marks(ids)})`, ids);
    return ids.length;
  });
}

/** Kinds that have been due for a minute although nobody here handles them. */
export async function overdueForeignKinds(database: Database, known: string[], now: number): Promise<string[]> {
  const rows = await database.browse((manager) =>
    KIND.read(manager, `FROM job WHERE status = 'waiting' AND run_at <= ? AND kind NOT IN (${marks(['', ...known])})`, [
      now - 60_000,
      '',
      ...known,
    ]),
  );
  return rows.map((row) => row.kind);
}
