import { DAY_MS, HOUR_MS } from '../platform/clock.js';
import type { Recording } from './recording.entity.js';

/** The job that asks Plivo for a call's recording. */
export const LOOK = 'recordings.look';
/** Plivo tells of a recording within minutes of the call; what it has not told by now may have been lost on the way. */
export const LOOK_AFTER_MS = 5 * 60_000;
/** Plivo cuts every call after a day. */
export const LONGEST_CALL_MS = 25 * HOUR_MS;

/** When Plivo may have added recordings of a call to its list; it lists a month at a time. */
export function listedWithin(connectedAt: number): { addedFrom: number; addedBefore: number } {
  return { addedFrom: connectedAt - HOUR_MS, addedBefore: connectedAt + 3 * DAY_MS };
}

export function lookKey(recordingId: string): string {
  return `${LOOK}:${recordingId}`;
}

/** Not known yet whether there is one. */
export function isAwaited({ status }: Recording): boolean {
  return status === 'ordered' || status === 'recording';
}

/** Gone for everybody: whatever Plivo makes of its call is to be deleted there. */
export function isDeleted({ status }: Recording): boolean {
  return status === 'deleting' || status === 'deleted';
}

/** Also one that was deleted before Plivo had named it: what there is of it is to be deleted there. */
export function isLookedFor(recording: Recording): boolean {
  return isAwaited(recording) || (isDeleted(recording) && recording.plivoIndex === null);
}
