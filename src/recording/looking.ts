import { HOUR_MS } from '../platform/clock.js';

/** The job that asks Plivo for a call's recording. */
export const LOOK = 'recordings.look';
/** Plivo tells of a recording within minutes of the call; what it has not told by now may have been lost on the way. */
export const LOOK_AFTER_MS = 5 * 60_000;
/** Plivo cuts every call after a day. */
export const LONGEST_CALL_MS = 25 * HOUR_MS;

export function lookKey(recordingId: string): string {
  return `${LOOK}:${recordingId}`;
}
