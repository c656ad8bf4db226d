import { change, type Database, type Tx } from '../database/database.js';
import { marks, selection } from '../database/rows.js';
import { leasesOf } from '../this-process.js';
import { JOBS } from './job.entity.js';

/** So that leased jobs are found among those that run within an hour, and not among all that wait. */
export const LONGEST_LEASE_MS = 3_600_000;
const AT_ONCE = 200;

const ID = selection(JOBS.pick(['id']));

/**
 * Ends the leases of a process that is gone; null: of any. The jobs are due now and keep their lease's name until somebody claims them, so that the
 * end of one that stood still and comes back first still counts, and of one that comes back later changes nothing.
 */
export async function releaseJobs(
  tx: Tx,
  database: Database,
  { holder, now }: { holder: string | null; now: number },
): Promise<void> {
  const [isTheirs, theirs] = holder === null ? ['lease IS NOT NULL', []] : ['lease LIKE ?', [leasesOf(holder)]];
  const rows = await ID.read(
    tx,
    `FROM job ${database.byIndex('job_due')} WHERE status = 'waiting' AND run_at > ? AND run_at <= ? AND ${isTheirs}`,
    [now, now + LONGEST_LEASE_MS, ...theirs],
  );
  for (let start = 0; start < rows.length; start += AT_ONCE) {
    const ids = rows.slice(start, start + AT_ONCE).map(({ id }) => id);
    await change(
      tx,
      `UPDATE job ${database.byPrimaryKey} SET run_at = ? WHERE id IN (${marks(ids)}) AND run_at > ? AND ${isTheirs}`,
      [now, ...ids, now, ...theirs],
    );
  }
}
