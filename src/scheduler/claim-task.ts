import { change, Contended, type Database, isDuplicate } from '../platform/database/database.js';

export type Claim = { isMine: true } | { isMine: false; nextRunAt: number };

/**
 * Takes a due task for this process. Until the end is written, `next_run_at` is the end of the lease and names it: when the process dies
 * the task becomes due again by itself after its time limit, not a whole period later. Of several claimers one changes the row.
 */
export async function claimTask(
  database: Database,
  { name, now, leaseEndsAt }: { name: string; now: number; leaseEndsAt: number },
): Promise<Claim> {
  return database.transaction(async (tx) => {
    const taken = await change(
      tx,
      'UPDATE scheduled_task SET next_run_at = ?, last_run_at = ? WHERE name = ? AND next_run_at <= ?',
      [leaseEndsAt, now, name, now],
    );
    if (taken > 0) return { isMine: true };

    const [row]: { next_run_at: number }[] = await tx.query('SELECT next_run_at FROM scheduled_task WHERE name = ?', [
      name,
    ]);
    if (row) return { isMine: false, nextRunAt: Number(row.next_run_at) };

    try {
      await tx.query(
        'INSERT INTO scheduled_task (name, next_run_at, last_run_at, last_result) VALUES (?, ?, ?, NULL)',
        [name, leaseEndsAt, now],
      );
    } catch (error) {
      if (isDuplicate(error)) throw new Contended('another process has just taken this task');
      throw error;
    }
    return { isMine: true };
  });
}

/** Writes how a run ended and when the next is due, unless the lease ran out and another process took the task. */
export async function finishTask(
  database: Database,
  { name, leaseEndsAt, nextRunAt, result }: { name: string; leaseEndsAt: number; nextRunAt: number; result: string },
): Promise<void> {
  await database.transaction((tx) =>
    change(tx, 'UPDATE scheduled_task SET next_run_at = ?, last_result = ? WHERE name = ? AND next_run_at = ?', [
      nextRunAt,
      result,
      name,
      leaseEndsAt,
    ]),
  );
}
