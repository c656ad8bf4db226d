import { Injectable } from '@nestjs/common';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
/** What the clocks of processes may differ by: `doctor` has failed by then. What lies further ahead was written by a clock that has been set back since. */
export const CLOCKS_APART_MS = 300_000;

/**
 * The only source of wall time. Instants are integers: milliseconds since 1970-01-01T00:00:00Z.
 *
 * `advance` moves this process's time forward; the simulator's control API and the tests use it, nothing else does. A deployment
 * that talks to the real Plivo never moves it.
 */
@Injectable()
export class Clock {
  private offsetMs = 0;

  now(): number {
    return Date.now() + this.offsetMs;
  }

  /** This machine's own time, however far `now` is ahead: for what others compare with their clocks. */
  wall(): number {
    return Date.now();
  }

  /** How far `now` is ahead of this machine's time, in milliseconds. */
  get aheadMs(): number {
    return this.offsetMs;
  }

  /** Moves time forward by `milliseconds` (0 or more). */
  advance(milliseconds: number): void {
    this.offsetMs += milliseconds;
  }
}

/** The first instant of the UTC hour. */
export function hourOf(instant: number): number {
  return instant - (instant % HOUR_MS);
}

/** The first instant of the UTC day. */
export function dayOf(instant: number): number {
  return instant - (instant % DAY_MS);
}
