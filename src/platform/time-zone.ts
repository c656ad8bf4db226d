import { DAY_MS, HOUR_MS } from './clock.js';

/** A stretch of time in which a zone is off UTC by the same. */
interface Stretch {
  from: number;
  offsetMs: number;
}

const NAME = /^[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+){0,2}$/;
const LONGEST_NAME = 40;
const MINUTE_MS = 60_000;

/** A time zone of the IANA data base that Node brings along. */
export class TimeZone {
  static readonly utc = new TimeZone('UTC');
  private readonly format: Intl.DateTimeFormat;
  readonly isUtc: boolean;

  private constructor(readonly name: string) {
    this.format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
    this.isUtc = this.format.resolvedOptions().timeZone === 'UTC';
  }

  /** Null for what is no name of a zone. Offsets, which know no summer time, are none. */
  static named(name: unknown): TimeZone | null {
    if (typeof name !== 'string' || name.length > LONGEST_NAME || !NAME.test(name)) return null;
    try {
      return new TimeZone(name);
    } catch {
      return null;
    }
  }

  /** What its clocks show, less UTC. */
  offsetAt(instant: number): number {
    if (this.isUtc) return 0;
    const name = this.format.formatToParts(instant).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const [, sign, hours = '0', minutes = '0', seconds = '0'] =
      /^GMT([+-])(\d{2}):(\d{2})(?::(\d{2}))?$/.exec(name) ?? [];
    const offset = Number(hours) * HOUR_MS + Number(minutes) * MINUTE_MS + Number(seconds) * 1000;
    return sign === '-' ? -offset : offset;
  }

  /** The first instant at which its clocks show this, as milliseconds that would be UTC; where they jump over it, the instant as far behind the jump. */
  instantOf(shown: number): number {
    const [before, after] = [this.offsetAt(shown - DAY_MS), this.offsetAt(shown + DAY_MS)];
    const found = [shown - before, shown - after].filter((instant) => instant + this.offsetAt(instant) === shown);
    return found.length > 0 ? Math.min(...found) : shown - before;
  }

  /** The first instant of the hour that its clocks show. */
  hourOf(instant: number): number {
    const offset = this.offsetAt(instant);
    return instant - ((((instant + offset) % HOUR_MS) + HOUR_MS) % HOUR_MS);
  }

  /** The first instants of a month and of the next, by its clocks; `month` is `YYYY-MM`. */
  month(month: string): { from: number; to: number } {
    const [year = 0, number = 0] = month.split('-').map(Number);
    return { from: this.instantOf(Date.UTC(year, number - 1)), to: this.instantOf(Date.UTC(year, number)) };
  }

  /** How far it is off UTC between two instants; the first begins with `from`. Looked at day by day: no zone changes its clocks twice within one. */
  stretches(from: number, to: number): Stretch[] {
    const found = [{ from, offsetMs: this.offsetAt(from) }];
    if (this.isUtc) return found;
    for (let [at, offsetMs] = [from, found[0]?.offsetMs ?? 0]; at < to; at += DAY_MS) {
      const next = this.offsetAt(at + DAY_MS);
      if (next === offsetMs) continue;
      found.push({ from: this.changeWithin(at, offsetMs), offsetMs: next });
      offsetMs = next;
    }
    return found;
  }

  /** The first minute of a day that is not off by this. */
  private changeWithin(day: number, offsetMs: number): number {
    let [same, other] = [0, DAY_MS / MINUTE_MS];
    while (other - same > 1) {
      const middle = Math.floor((same + other) / 2);
      if (this.offsetAt(day + middle * MINUTE_MS) === offsetMs) same = middle;
      else other = middle;
    }
    return day + other * MINUTE_MS;
  }
}
