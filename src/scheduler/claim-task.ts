import { Contended, type Database, isDuplicate, type Tx } from '../platform/database/database.js';
import { marks, selection } from '../platform/database/rows.js';
import { PROCESS_ID } from '../platform/this-process.js';
import { SCHEDULED_TASKS } from './scheduled-task.entity.js';

const NEXT_RUN = selection(SCHEDULED_TASKS.pick(['nextRunAt']));

export type TaskClaim = { isMine: true } | { isMine: false; nextRunAt: number };

/**
 * Takes a due task for this process. Until the end is written, `next_run_at` is the end of the lease and names it: a task that
 * hangs becomes due again by itself after its time limit, not a whole period later, and one whose process dies within seconds. Of several claimers one changes the row.
 * `latest`: what is due later was written by a clock that has been set back since, and is due now.
 */
export async function claimTask(
  database: Database,
  { name, now, leaseEndsAt, latest }: { name: string; now: number; leaseEndsAt: number; latest: number },
): Promise<TaskClaim> {
  return database.transaction(async (tx) => {
    const taken = await SCHEDULED_TASKS.update(
      tx,
      { nextRunAt: leaseEndsAt, lastRunAt: now, holder: PROCESS_ID },
      'WHERE name = ? AND (next_run_at <= ? OR next_run_at > ?)',
      [name, now, latest],
    );
    if (taken > 0) return { isMine: true };

    const [held] = await NEXT_RUN.read(tx, 'FROM scheduled_task WHERE name = ?', [name]);
    if (held) return { isMine: false, nextRunAt: held.nextRunAt };

    try {
      await SCHEDULED_TASKS.insert(tx, { name, nextRunAt: leaseEndsAt, lastRunAt: now, holder: PROCESS_ID });
    } catch (error) {
      if (isDuplicate(error)) throw new Contended('another process has just taken this task');
      throw error;
    }
    return { isMine: true };
  });
}

interface FinishedTask {
  name: string;
  leaseEndsAt: number;
  nextRunAt: number;
  result: string;
  /** Left out where it did not end well. */
  succeededAt?: number;
}

/** Writes how a run ended and when the next is due, unless the lease ran out and another process took the task. */
export async function finishTask(
  database: Database,
  { name, leaseEndsAt, nextRunAt, result, succeededAt }: FinishedTask,
): Promise<void> {
  await database.transaction((tx) =>
    SCHEDULED_TASKS.update(
      tx,
      { nextRunAt, lastResult: result, holder: null, ...(succeededAt !== undefined && { lastSuccessAt: succeededAt }) },
      'WHERE name = ? AND next_run_at = ? AND holder = ?',
      [name, leaseEndsAt, PROCESS_ID],
    ),
  );
}

/** Makes due what a process that is gone was running, or what anybody was with null. */
export async function releaseTasks(
  tx: Tx,
  { names, holder, now }: { names: string[]; holder: string | null; now: number },
): Promise<void> {
  const [isTheirs, theirs] = holder === null ? ['holder IS NOT NULL', []] : ['holder = ?', [holder]];
  await SCHEDULED_TASKS.update(
    tx,
    { nextRunAt: now, holder: null },
    `WHERE name IN (${marks(names)}) AND next_run_at > ? AND ${isTheirs}`,
    [...names, now, ...theirs],
  );
}
