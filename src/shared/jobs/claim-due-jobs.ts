import type { Clock } from '../clock.js';
import { change, type Database } from '../database.js';
import { newId } from '../ids.js';
import { marks, updateById } from './by-id.js';
import type { Handler } from './job-handler.js';

export interface ClaimedJob {
  id: string;
  kind: string;
  handler: Handler;
  payload: string;
  attempt: number;
  createdAt: number;
  lease: string;
  leaseEndsAt: number;
}

interface Row {
  id: string;
  kind: string;
  payload: string;
  attempts: number;
  created_at: number;
}

/**
 * Takes up to `limit` due jobs of the given kinds, oldest due time first.
 *
 * The end of the lease is written into `run_at`, so a job whose worker died becomes due by itself and the same index finds it; there is no
 * sweep for dead workers. The attempt is counted here and not at the end, so that a job that kills its process is parked some day.
 * Rows are chosen by their state, never by a position in a sequence: one that was committed late is found like any other.
 * Kinds nobody here handles are left to the process that does.
 */
export async function claimDueJobs(
  database: Database,
  clock: Clock,
  { handlers, limit }: { handlers: ReadonlyMap<string, Handler>; limit: number },
): Promise<ClaimedJob[]> {
  const kinds = [...handlers.keys()];
  if (kinds.length === 0) return [];
  return database.transaction(async (tx) => {
    const now = clock.now();
    const rows: Row[] = await tx.query(
      `SELECT id, kind, payload, attempts, created_at FROM job
        WHERE status = 'waiting' AND run_at <= ? AND kind IN (${marks(kinds)})
        ORDER BY run_at, id LIMIT ? ${database.forUpdateSkipLocked}`,
      [now, ...kinds, limit],
    );
    if (rows.length === 0) return [];

    const lease = newId();
    const jobs = rows.map((row) => claimed(row, handlers, { lease, now }));
    for (const [leaseEndsAt, ids] of idsByLeaseEnd(jobs)) {
      await change(
        tx,
        `${updateById(database)} SET lease = ?, run_at = ?, attempts = ABS(attempts) + 1 WHERE id IN (${marks(ids)})`,
        [lease, leaseEndsAt, ...ids],
      );
    }
    return jobs;
  });
}

function claimed(
  row: Row,
  handlers: ReadonlyMap<string, Handler>,
  { lease, now }: { lease: string; now: number },
): ClaimedJob {
  const { id, kind, payload } = row;
  const handler = handlers.get(kind);
  if (!handler) throw new Error(`expected only kinds with a handler, got ${kind}`);
  const attempt = Math.abs(row.attempts) + 1;
  return {
    id,
    kind,
    handler,
    payload,
    attempt,
    createdAt: Number(row.created_at),
    lease,
    leaseEndsAt: now + handler.leaseMs,
  };
}

function idsByLeaseEnd(jobs: ClaimedJob[]): Map<number, string[]> {
  const groups = new Map<number, string[]>();
  for (const { leaseEndsAt, id } of jobs) groups.set(leaseEndsAt, [...(groups.get(leaseEndsAt) ?? []), id]);
  return groups;
}
