import { change, type Database, type Tx } from '../database/database.js';
import { writeHeld } from '../database/held-rows.js';
import { orStartOver } from '../database/key-races.js';
import { marks, selection } from '../database/rows.js';
import { newId } from '../ids.js';
import type { NewJob } from './enqueue-job.js';
import { JOBS } from './job.entity.js';
import { payloadText } from './payload.js';

const HOLDERS = selection(JOBS.pick(['id', 'key', 'lease']));

/** As `enqueueJob` for each of them, in three statements at the most; all have keys, and no two the same. */
export async function enqueueJobs(
  tx: Tx,
  database: Database,
  jobs: readonly (Omit<NewJob, 'key' | 'isSooner'> & { key: string })[],
): Promise<void> {
  const held = await HOLDERS.read(
    tx,
    `FROM job ${database.byIndex('job_key')} WHERE job_key IN (${marks(jobs)}) ${database.forUpdate}`,
    jobs.map(({ key }) => key),
  );
  await writeHeld(
    tx,
    'job',
    held.map(({ id }) => id),
  );
  const running = held.flatMap(({ id, lease }) => (lease === null ? [] : [id]));
  if (running.length > 0) {
    const start = `UPDATE job ${database.byPrimaryKey} SET attempts = -ABS(attempts)`;
    await change(tx, `${start} WHERE id IN (${marks(running)})`, running);
  }
  const known = new Set(held.map(({ key }) => key));
  const added = jobs
    .filter(({ key }) => !known.has(key))
    .map(({ kind, key, lane, payload, runAt, createdAt }) => {
      const text = payloadText(payload);
      return { id: newId(), kind, payload: text, key, lane, status: 'waiting' as const, runAt, attempts: 0, createdAt };
    });
  await orStartOver(JOBS.insert(tx, added));
}
