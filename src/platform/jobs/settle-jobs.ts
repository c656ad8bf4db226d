import { change, type Database, type Tx } from '../database/database.js';
import { marks } from '../database/rows.js';
import { deleteById } from './delete-by-id.js';
import type { ClaimedJob } from './claim-due-jobs.js';
import { JOBS } from './job.entity.js';

export type Outcome =
  | { kind: 'done' }
  | { kind: 'defer'; runAt: number; reason: string }
  | { kind: 'retry'; runAt: number; error: string }
  | { kind: 'park'; error: string };

/** Told in the transaction that parks a job; does nothing slow. */
export type ParkListener = (tx: Tx, job: { id: string; kind: string; payload: string }) => Promise<void>;

/** Told of each run that has ended: at once, whether or not its end could be written. */
export type RunListener = (kind: string, outcome: Outcome['kind']) => void;

export interface Settlement {
  job: ClaimedJob;
  outcome: Outcome;
}

/**
 * Writes how runs ended, in one transaction. Every statement names the lease under which the job ran: a worker whose lease was taken over
 * changes no row. Done jobs of one claim go in one DELETE. A job that was asked for again while it ran (negative attempts, see
 * enqueue-job.ts) is neither deleted nor parked: it starts afresh. Says whether any job is due again at once, which no commit of an `enqueue` announces.
 */
export async function settleJobs(
  database: Database,
  settlements: readonly Settlement[],
  now: number,
  onParked: ParkListener = async () => undefined,
): Promise<boolean> {
  return database.transaction(async (tx) => {
    let isWorkLeft = settlements.some(({ outcome }) => 'runAt' in outcome && outcome.runAt <= now);
    for (const [lease, ids] of doneByLease(settlements)) {
      const deleted = await change(
        tx,
        `${deleteById(database)} WHERE lease = ? AND attempts > 0 AND id IN (${marks(ids)})`,
        [lease, ...ids],
      );
      if (deleted < ids.length) {
        const restarted = await JOBS.update(
          tx,
          { lease: null, runAt: now, attempts: 0 },
          `WHERE lease = ? AND id IN (${marks(ids)})`,
          [lease, ...ids],
          database.byPrimaryKey,
        );
        isWorkLeft ||= restarted > 0;
      }
    }
    for (const { job, outcome } of settlements) {
      if ('runAt' in outcome)
        await postpone(tx, job, { now, runAt: outcome.runAt, error: outcome.kind === 'retry' ? outcome.error : null });
      if (outcome.kind !== 'park') continue;
      const end = await park(tx, job, { error: outcome.error, now });
      if (end === 'parked') await onParked(tx, job);
      if (end === 'restarted') isWorkLeft = true;
    }
    return isWorkLeft;
  });
}

function doneByLease(settlements: readonly Settlement[]): Map<string, string[]> {
  const done = new Map<string, string[]>();
  for (const { job, outcome } of settlements) {
    if (outcome.kind === 'done') done.set(job.lease, [...(done.get(job.lease) ?? []), job.id]);
  }
  return done;
}

async function postpone(
  tx: Tx,
  job: ClaimedJob,
  { now, runAt, error }: { now: number; runAt: number; error: string | null },
): Promise<void> {
  // Asked for again while it ran (negative attempts), it is due at once; MySQL takes what stands behind SET from left to right.
  await change(
    tx,
    `UPDATE job SET lease = NULL, run_at = CASE WHEN attempts < 0 THEN ? ELSE ? END, attempts = ABS(attempts), last_error = ?
     WHERE id = ? AND lease = ?`,
    [now, runAt, error, job.id, job.lease],
  );
}

/**
 * The key is given up, so that the same work can be asked for anew; `run_at` keeps when it was parked. `restarted`: the job was asked for again
 * meanwhile, and so starts afresh instead. `lost`: another worker has it by now.
 */
async function park(
  tx: Tx,
  job: ClaimedJob,
  { error, now }: { error: string; now: number },
): Promise<'parked' | 'restarted' | 'lost'> {
  const parked = await JOBS.update(
    tx,
    { status: 'parked', key: null, lease: null, runAt: now, lastError: error },
    'WHERE id = ? AND lease = ? AND attempts > 0',
    [job.id, job.lease],
  );
  if (parked > 0) return 'parked';
  const restarted = await JOBS.update(
    tx,
    { lease: null, runAt: now, attempts: 0, lastError: error },
    'WHERE id = ? AND lease = ?',
    [job.id, job.lease],
  );
  return restarted > 0 ? 'restarted' : 'lost';
}
