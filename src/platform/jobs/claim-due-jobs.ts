import type { Clock } from '../clock.js';
import { change, type Database } from '../database/database.js';
import { marks, selection, type Selected } from '../database/rows.js';
import { newLease } from '../this-process.js';
import { JOBS } from './job.entity.js';
import type { Handler } from './job-handler.js';
import type { Lanes } from './lanes.js';

export interface ClaimedJob {
  id: string;
  kind: string;
  lane: string | null;
  handler: Handler;
  payload: string;
  attempt: number;
  createdAt: number;
  lease: string;
  leaseEndsAt: number;
}

const DUE = selection(JOBS.pick(['id', 'kind', 'lane', 'payload', 'attempts', 'createdAt']));

export interface Claim {
  jobs: ClaimedJob[];
  /** Whether nothing more was due, apart from what waits for a place in its lane. */
  isDrained: boolean;
  /** Whether a lane was full, so that a place freed in it is a reason to look again. */
  isLaneFull: boolean;
}

/**
 * Takes up to `limit` due jobs of the given kinds, oldest due time first, and of each lane no more than it has places.
 *
 * The end of the lease is written into `run_at`, so a job whose worker hangs becomes due by itself and the same index finds it. The lease names its
 * process: that of a dead one is ended within seconds (release-jobs.ts). The attempt is counted here and not at the end, so that a job that kills its process is parked some day.
 * Rows are chosen by their state, never by a position in a sequence: one that was committed late is found like any other.
 * Kinds nobody here handles are left to the process that does. Full lanes are skipped within the index. By `run_at` alone: with a further column
 * MariaDB sorts, and locks every due row for it, so that other processes find none (500 due, 32 taken: a second claim got 0 in place of 32).
 */
export async function claimDueJobs(
  database: Database,
  clock: Clock,
  {
    handlers,
    limit,
    lanes,
    running,
  }: {
    handlers: ReadonlyMap<string, Handler>;
    limit: number;
    lanes: Lanes | null;
    /** When the leases of what the same worker is at still end, by id: nobody else has to come for it. */
    running: ReadonlyMap<string, number>;
  },
): Promise<Claim> {
  const kinds = [...handlers.keys()];
  if (kinds.length === 0) return { jobs: [], isDrained: true, isLaneFull: false };
  const full = lanes?.full() ?? [];
  const entered: string[] = [];
  try {
    return await database.transaction(async (tx) => {
      leaveAll(lanes, entered);
      const now = clock.now();
      const own = [...running].filter(([, leaseEndsAt]) => leaseEndsAt <= now).map(([id]) => id);
      const rows = await DUE.read(
        tx,
        `FROM job
          WHERE status = 'waiting' AND run_at <= ? AND kind IN (${marks(kinds)})
            ${full.length === 0 ? '' : `AND lane NOT IN (${marks(full)})`}
            ${own.length === 0 ? '' : `AND id NOT IN (${marks(own)})`}
          ORDER BY run_at LIMIT ? ${database.forUpdateSkipLocked}`,
        [now, ...kinds, ...full, ...own, limit],
      );
      const taken = rows.filter(({ lane }) => {
        if (lanes === null || lane === null) return true;
        const hasPlace = lanes.enter(lane);
        if (hasPlace) entered.push(lane);
        return hasPlace;
      });
      const claim = { isDrained: rows.length < limit, isLaneFull: full.length > 0 || taken.length < rows.length };
      if (taken.length === 0) return { ...claim, jobs: [] };

      const lease = newLease();
      const jobs = taken.map((row) => claimed(row, handlers, { lease, now }));
      for (const [leaseEndsAt, ids] of idsByLeaseEnd(jobs)) {
        await change(
          tx,
          `UPDATE job ${database.byPrimaryKey} SET lease = ?, run_at = ?, attempts = ABS(attempts) + 1 WHERE id IN (${marks(ids)})`,
          [lease, leaseEndsAt, ...ids],
        );
      }
      return { ...claim, jobs };
    });
  } catch (error) {
    leaveAll(lanes, entered);
    throw error;
  }
}

/** A claim that did not come about, or is made anew, keeps no places. */
function leaveAll(lanes: Lanes | null, entered: string[]): void {
  for (const lane of entered.splice(0)) lanes?.release(lane);
}

function claimed(
  row: Selected<typeof DUE>,
  handlers: ReadonlyMap<string, Handler>,
  { lease, now }: { lease: string; now: number },
): ClaimedJob {
  const { id, kind, lane, payload, createdAt } = row;
  const handler = handlers.get(kind);
  if (!handler) throw new Error(`expected only kinds with a handler, got ${kind}`);
  const attempt = Math.abs(row.attempts) + 1;
  return {
    id,
    kind,
    lane,
    handler,
    payload,
    attempt,
    createdAt,
    lease,
    leaseEndsAt: now + handler.leaseMs,
  };
}

function idsByLeaseEnd(jobs: ClaimedJob[]): Map<number, string[]> {
  const groups = new Map<number, string[]>();
  for (const { leaseEndsAt, id } of jobs) groups.set(leaseEndsAt, [...(groups.get(leaseEndsAt) ?? []), id]);
  return groups;
}
