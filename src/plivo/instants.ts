import { HOUR_MS } from '../platform/clock.js';

const INSTANT = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2})?$/;
/** Before the first and after the last year in which a call can have been: a mistake, and no instant to keep. */
const [FIRST_MS, LAST_MS] = [Date.UTC(2000, 0), Date.UTC(2100, 0)];
const QUARTER_HOUR_MS = 900_000;
/** What two machines' clocks may differ by. */
const SKEW_MS = 60_000;
/** Times and durations are rounded to seconds, each in its own way. */
const ROUNDING_MS = 5_000;
/** No zone of the world is further from UTC. */
const LARGEST_OFFSET_MS = 14 * 3_600_000;

export interface AccountTimes {
  sessionStart: string | null;
  start: string | null;
  answer: string | null;
  end: string | null;
  /** Measured from answer to end; null or left out when it is not known. */
  seconds?: number | null;
}

export interface CallInstants {
  startedAt: number | null;
  answeredAt: number | null;
  endedAt: number | null;
}

/** `2026-05-04 10:00:00.123456` with or without an offset to UTC epoch milliseconds; without one it is read as UTC. */
export function instantOf(text: string | null | undefined): number | null {
  const [, date, time, fraction = '', offset = 'Z'] = INSTANT.exec(text ?? '') ?? [];
  if (date === undefined || time === undefined) return null;
  const wholeSeconds = Date.parse(`${date}T${time}Z`);
  // Engines move 30 February into March; a date that does not survive the round trip never was one.
  if (Number.isNaN(wholeSeconds) || !new Date(wholeSeconds).toISOString().startsWith(`${date}T${time}`)) return null;
  const instant = Date.parse(`${date}T${time}.${fraction.slice(0, 3).padEnd(3, '0')}${offset}`);
  return instant >= FIRST_MS && instant < LAST_MS ? instant : null;
}

/**
 * Start, answer and end come in the time zone of the account's console and do not name it; the session's start is in UTC. A call starts
 * within a quarter of an hour after its session and zones differ by quarter hours, so the rest of the difference is the zone. Without
 * both, or with a difference no zone has, UTC is assumed. A text that names its offset is taken at its word.
 *
 * Clocks change during a call, and then local times jump by quarter hours. A phone rings for less than one, and `seconds`, from answer to end, is
 * measured: both are believed before the times, which are moved until they agree. Nothing ends before it begins.
 */
export function callInstants({ sessionStart, start, answer, end, seconds = null }: AccountTimes): CallInstants {
  const offset = zoneOffset(sessionStart, start ?? answer);
  const utc = (text: string | null): number | null => {
    const instant = instantOf(text);
    return instant === null || namesOffset(text) ? instant : instant - offset;
  };
  const startedAt = utc(start);
  const answeredAt = namesOffset(answer) ? utc(answer) : withinRinging(utc(answer), startedAt);
  const endedAt = namesOffset(end) ? utc(end) : endOf(utc(end), { startedAt, answeredAt, seconds });
  return { startedAt, answeredAt, endedAt };
}

function zoneOffset(sessionStart: string | null, start: string | null): number {
  const [session, local] = [instantOf(sessionStart), instantOf(start)];
  if (session === null || local === null || namesOffset(start)) return 0;
  const offset = Math.floor((local - session + SKEW_MS) / QUARTER_HOUR_MS) * QUARTER_HOUR_MS;
  return Math.abs(offset) > LARGEST_OFFSET_MS ? 0 : offset;
}

/** The local time moved by whole quarter hours, so that it is less than one after `from`. */
function withinRinging(local: number | null, from: number | null): number | null {
  if (local === null || from === null) return local;
  return from + ringing(local - from);
}

function endOf(
  local: number | null,
  { startedAt, answeredAt, seconds }: { startedAt: number | null; answeredAt: number | null; seconds: number | null },
): number | null {
  if (seconds !== null && answeredAt !== null) {
    const measured = answeredAt + seconds * 1000;
    return local !== null && Math.abs(local - measured) <= ROUNDING_MS ? Math.max(local, answeredAt) : measured;
  }
  // When it was answered is not known, or it never was: it rang before.
  if (seconds !== null && startedAt !== null) return withinRinging(local, startedAt + seconds * 1000);
  const begun = answeredAt ?? startedAt;
  if (local === null || begun === null || local >= begun) return local;
  return begun + (begun - local <= SKEW_MS ? 0 : modulo(local - begun, HOUR_MS));
}

function ringing(passed: number): number {
  if (passed < 0 && passed >= -SKEW_MS) return 0;
  return modulo(passed, QUARTER_HOUR_MS);
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}

function namesOffset(text: string | null): boolean {
  return INSTANT.exec(text ?? '')?.[4] !== undefined;
}

/** As Plivo's lists take it: UTC, whole seconds. */
export function filterTime(epochMs: number | undefined): string | undefined {
  return epochMs === undefined ? undefined : new Date(epochMs).toISOString().slice(0, 19).replace('T', ' ');
}
