import { isCallUuid } from './webhook-params.js';
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
/** The year 2001 to the year 2286. */
const EPOCH_MS = /^(\d{12,13})(\.\d+)?$/;

/** Null for what has no id or no media. */
export function recordingRecord(wire: Wire): RecordingRecord | null {
  const { recording_id: recordingId, call_uuid: callUuid } = wire;
  const mediaUrl = mediaUrlOf(wire['recording_url']);
  if (!isCallUuid(recordingId) || mediaUrl === null) return null;
  const duration = Number(wire['recording_duration_ms']);
  return {
    recordingId,
    mediaUrl,
    callUuid: isCallUuid(callUuid) ? callUuid : null,
    durationMs: Number.isFinite(duration) && duration >= 0 ? Math.round(duration) : null,
    startedAt: epochMs(wire['recording_start_ms']),
    endedAt: epochMs(wire['recording_end_ms']),
  };
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
