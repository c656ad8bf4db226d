import type { Tx } from '../../platform/database/database.js';
import type { Jobs } from '../../platform/jobs/jobs.js';

export const FOLLOW_REQUEST = 'calls.follow-request';

/** Plivo has placed the call of a request, as whoever tells of it knows: from `runAt` on its end is looked for, should nobody tell. However often it is asked for, there is one such job. */
export async function followRequest(tx: Tx, jobs: Jobs, requestId: string, runAt: number): Promise<void> {
  await jobs.enqueue(tx, FOLLOW_REQUEST, { requestId }, { runAt, key: `${FOLLOW_REQUEST}:${requestId}` });
}
