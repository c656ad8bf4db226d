import { CLOCKS_APART_MS } from '../clock.js';
import { change, Contended, type Database, isDuplicate, late, type Tx } from '../database/database.js';
import { writeHeld } from '../database/held-rows.js';
import { selection, type Selected } from '../database/rows.js';
import { newId } from '../ids.js';
import { JOBS } from './job.entity.js';
import { payloadText } from './payload.js';

const HOLDER = selection(JOBS.pick(['id', 'lease', 'createdAt']));

export interface NewJob {
  kind: string;
  payload: unknown;
  runAt: number;
  key: string | null;
  lane: string | null;
  /** Whether a waiting job of the same key is to run as soon as this one would. */
  isSooner: boolean;
  createdAt: number;
}

/**
 * Writes the job, unless one with the same key waits or runs; says whether it was written.
 *
 * A running job may already have read what the caller is about to commit over, so an equal key asked for meanwhile must not simply be dropped:
 * the running row is marked (its attempts turn negative) and then starts once more in place of being deleted. The row lock makes the two exact:
 * the worker's end comes either before the look, or after this commit.
 */
export async function enqueueJob(tx: Tx, database: Database, job: NewJob): Promise<boolean> {
  if (job.key !== null) {
    const [same] = await HOLDER.read(tx, `FROM job WHERE job_key = ? ${database.forUpdate}`, [job.key]);
    if (same) {
      await writeHeld(tx, 'job', [same.id]);
      if (same.lease === null) await bringForward(tx, job, same);
      if (same.lease !== null) await change(tx, 'UPDATE job SET attempts = -ABS(attempts) WHERE id = ?', [same.id]);
      return false;
    }
  }
  try {
    const { kind, key, lane, runAt, createdAt } = job;
    const payload = payloadText(job.payload);
    // Only a key can be taken.
    const through = key === null ? late(tx) : tx;
    await JOBS.insert(through, {
      id: newId(),
      kind,
      payload,
      key,
      lane,
      status: 'waiting',
      runAt,
      attempts: 0,
      createdAt,
    });
  } catch (error) {
    if (job.key !== null && isDuplicate(error)) throw new Contended('another transaction has just added this job');
    throw error;
  }
  return true;
}

/**
 * Where that is asked for, or where the job that waits was added by a clock that has been set back since: what a task asks for every few minutes would wait until that
 * time comes.
 */
async function bringForward(tx: Tx, job: NewJob, waiting: Selected<typeof HOLDER>): Promise<void> {
  const { runAt, createdAt } = job;
  const isAhead = waiting.createdAt > createdAt + CLOCKS_APART_MS;
  if (!job.isSooner && !isAhead) return;
  await JOBS.update(tx, isAhead ? { runAt, createdAt } : { runAt }, 'WHERE id = ? AND run_at > ?', [waiting.id, runAt]);
}
