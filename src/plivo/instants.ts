const INSTANT = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2})?$/;
const QUARTER_HOUR_MS = 900_000;
/** No zone of the world is further from UTC. */
const LARGEST_OFFSET_MS = 14 * 3_600_000;

export interface AccountTimes {
  sessionStart: string | null;
  start: string | null;
  answer: string | null;
  end: string | null;
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
  return Number.isNaN(instant) ? null : instant;
}

/**
 * Start, answer and end come in the time zone of the account's console and do not name it; the session's start is in UTC. A call starts
 * within minutes of its session and zones differ by quarter hours, so the rounded difference of the two starts is the zone. Without
 * both, or with a difference no zone has, UTC is assumed. A text that names its offset is taken at its word.
 */
export function callInstants({ sessionStart, start, answer, end }: AccountTimes): CallInstants {
  const offset = zoneOffset(sessionStart, start);
  const utc = (text: string | null): number | null => {
    const instant = instantOf(text);
    return instant === null || namesOffset(text) ? instant : instant - offset;
  };
  return { startedAt: utc(start), answeredAt: utc(answer), endedAt: utc(end) };
}

function zoneOffset(sessionStart: string | null, start: string | null): number {
  const [session, local] = [instantOf(sessionStart), instantOf(start)];
  if (session === null || local === null || namesOffset(start)) return 0;
  const offset = Math.round((local - session) / QUARTER_HOUR_MS) * QUARTER_HOUR_MS;
  return Math.abs(offset) > LARGEST_OFFSET_MS ? 0 : offset;
}

function namesOffset(text: string | null): boolean {
  return INSTANT.exec(text ?? '')?.[4] !== undefined;
}
