import type { Tx } from '../../platform/database/database.js';
import type { Jobs } from '../../platform/jobs/jobs.js';

/** The job that reads Plivo's records of a call, where its facts are not complete by then. */
export const RECONCILE = 'calls.reconcile';

/** By this long after the ringing a call has been answered or given up, and its webhooks have come. */
const AFTER_RINGING_SECONDS = 30;
/** The two legs' ends come within seconds of each other; after this Plivo is asked whether there was another leg, and how it ended. */
const OTHER_LEG_LATE_MS = 15_000;

/** For a call that is being connected. */
export async function askAfterRinging(
  tx: Tx,
  jobs: Jobs,
  { callId, now, ringSeconds }: { callId: string; now: number; ringSeconds: number },
): Promise<void> {
  await jobs.enqueue(tx, RECONCILE, { callId }, { runAt: now + (ringSeconds + AFTER_RINGING_SECONDS) * 1000 });
}

/** For a call whose one leg has ended. */
export async function askForOtherLeg(tx: Tx, jobs: Jobs, callId: string, now: number): Promise<void> {
  await jobs.enqueue(tx, RECONCILE, { callId }, { runAt: now + OTHER_LEG_LATE_MS });
}
