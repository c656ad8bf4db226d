const OFFSET = /^([+-])(\d{2}):(\d{2})$/;

export function isTimeZoneOffset(text: string): boolean {
  const [, , hours, minutes] = OFFSET.exec(text) ?? [];
  return hours !== undefined && Number(hours) <= 14 && Number(minutes) < 60;
}

/** `SessionStart`: UTC, with microseconds. */
export function utcMicroseconds(at: number): string {
  return new Date(at).toISOString().replace('T', ' ').replace('Z', '000');
}

/** `StartTime` and its like: the account's time zone, and no word about which one that is. */
export function consoleTime(at: number | null, offset: string): string {
  if (at === null) return '';
  return new Date(at + offsetMs(offset)).toISOString().slice(0, 19).replace('T', ' ');
}

/** The times of a call record: as above, with the offset. */
export function recordTime(at: number | null, offset: string): string | null {
  return at === null ? null : `${consoleTime(at, offset)}${offset}`;
}

function offsetMs(offset: string): number {
  const [, sign, hours, minutes] = OFFSET.exec(offset) ?? [];
  const milliseconds = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000;
  return sign === '-' ? -milliseconds : milliseconds;
}
