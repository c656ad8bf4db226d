import { isCallUuid, LONGEST_SECONDS } from './webhook-params.js';
import { parseUrl } from '../platform/parse-url.js';

/** What Plivo tells of a recording, in a webhook or in its list. */
export interface RecordingFacts {
  /** Plivo's id of it. */
  recordingId: string;
  /** Where its sound is. Whoever has it can hear the recording, so it is neither logged nor stored in clear. */
  mediaUrl: string;
  durationMs: number | null;
  startedAt: number | null;
  endedAt: number | null;
}

export interface RecordingRecord extends RecordingFacts {
  callUuid: string | null;
}

type Wire = Record<string, unknown>;

const LONGEST_URL = 2000;
const DURATION_MS = /^\d{1,12}(\.\d{1,20})?$/;
/** The year 2001 to the year 2286. */
const EPOCH_MS = /^(\d{12,13})(\.\d+)?$/;

/** Null for what has no id or no media. */
export function recordingRecord(wire: Wire): RecordingRecord | null {
  const { recording_id: recordingId, call_uuid: callUuid } = wire;
  const mediaUrl = mediaUrlOf(wire['recording_url']);
  if (!isCallUuid(recordingId) || mediaUrl === null) return null;
  return {
    recordingId,
    mediaUrl,
    callUuid: isCallUuid(callUuid) ? callUuid : null,
    durationMs: durationMsOf(wire['recording_duration_ms']),
    startedAt: epochMs(wire['recording_start_ms']),
    endedAt: epochMs(wire['recording_end_ms']),
  };
}

/** Milliseconds, as digits or as decimal text such as `345100.00000`; a length that no recording has is unknown. */
export function durationMsOf(value: unknown): number | null {
  const duration = DURATION_MS.test(String(value)) ? Math.round(Number(value)) : null;
  return duration === null || duration > LONGEST_SECONDS * 1000 ? null : duration;
}

/** Epoch milliseconds, as digits or as decimal text such as `1407235163907.00000`. */
export function epochMs(value: unknown): number | null {
  const [, digits] = EPOCH_MS.exec(String(value)) ?? [];
  return digits === undefined ? null : Number(digits);
}

export function mediaUrlOf(value: unknown): string | null {
  const isOne = typeof value === 'string' && value.length <= LONGEST_URL && /^https?:\/\/[\x21-\x7e]+$/.test(value);
  return isOne && parseUrl(value) !== null ? value : null;
}
