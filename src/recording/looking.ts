import { HOUR_MS } from '../platform/clock.js';
import type { Recording } from './recording.entity.js';

/** The job that asks Plivo for a call's recording. */
export const LOOK = 'recordings.look';
/** Plivo tells of a recording within minutes of the call; what it has not told by now may have been lost on the way. */
export const LOOK_AFTER_MS = 5 * 60_000;
/** Plivo cuts every call after a day. */
export const LONGEST_CALL_MS = 25 * HOUR_MS;

export function lookKey(recordingId: string): string {
  return `${LOOK}:${recordingId}`;
}

/** Not known yet whether there is one. */
export function isAwaited(recording: Recording | null): recording is Recording {
  return recording?.status === 'ordered' || recording?.status === 'recording';
}

/** Also one that was deleted before Plivo had named it: what there is of it is to be deleted there. */
export function isLookedFor(recording: Recording | null): recording is Recording {
  return isAwaited(recording) || isUnnamed(recording);
}

function isUnnamed(recording: Recording | null): boolean {
  return (recording?.status === 'deleting' || recording?.status === 'deleted') && recording.plivoIndex === null;
}
