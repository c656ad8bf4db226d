import { useEffect, useState, useSyncExternalStore } from 'react';
import { Kept, useKept } from '../../design/kept.ts';
import { DATES, LANGUAGE } from '../../design/texts/language.ts';
import { parts } from '../../design/texts/console/parts.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const TICK_MS = 5000;

/** In which zone all times are shown. */
export const zone = new Kept<'local' | 'utc'>('masking.zone', ['local', 'utc'], 'local');

/** By how much the service's clock is ahead of this browser's: a simulated one may have been moved. */
let aheadMs = 0;
let now = Date.now();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | null = null;

export function setServiceTime(instant: number): void {
  aheadMs = Math.abs(instant - Date.now()) < TICK_MS ? 0 : instant - Date.now();
  tick();
}

export function serviceNow(): number {
  return Date.now() + aheadMs;
}

function tick(): void {
  now = serviceNow();
  for (const listener of listeners) listener();
}

function listen(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(tick, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && timer !== null) {
      clearInterval(timer);
      timer = null;
    }
  };
}

/** The service's time, to some five seconds. */
export function useNow(): number {
  return useSyncExternalStore(listen, () => now);
}

/** Draws its component anew every second: for what counts up or down. */
export function useSeconds(isRunning: boolean): number {
  const [at, set] = useState(serviceNow);
  useEffect(() => {
    if (!isRunning) return undefined;
    const every = setInterval(() => set(serviceNow()), 1000);
    return () => clearInterval(every);
  }, [isRunning]);
  return at;
}

export function useZone(): 'local' | 'utc' {
  return useKept(zone);
}

const inZone = (chosen: 'local' | 'utc'): { timeZone?: string } => (chosen === 'utc' ? { timeZone: 'UTC' } : {});

/** `27 Nov 2026, 14:02:11.0 UTC`, or with the viewer's own zone behind it. */
export function exactly(instant: Date, chosen: 'local' | 'utc'): string {
  const text = instant.toLocaleString(DATES, {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    ...inZone(chosen),
  });
  return chosen === 'utc' ? parts.time.utc(text) : parts.time.local(text, zoneName(instant));
}

function zoneName(instant: Date): string {
  const found = new Intl.DateTimeFormat(LANGUAGE, { timeZoneName: 'short' })
    .formatToParts(instant)
    .find(({ type }) => type === 'timeZoneName');
  return found?.value ?? '';
}

/** `2 min ago` within the hour, `14:02` within the day, `27 Nov, 14:02` before. */
export function briefly(instant: Date, at: number, chosen: 'local' | 'utc'): string {
  const age = at - instant.getTime();
  if (Math.abs(age) < TICK_MS) return parts.time.now;
  if (Math.abs(age) < HOUR) return relative(age);
  const clock = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...inZone(chosen) } as const;
  if (dayOf(instant, chosen) === dayOf(new Date(at), chosen)) return instant.toLocaleTimeString(DATES, clock);
  const year = Math.abs(age) > 300 * DAY ? ({ year: 'numeric' } as const) : {};
  return instant.toLocaleString(DATES, { day: 'numeric', month: 'short', ...year, ...clock });
}

function relative(age: number): string {
  const far = Math.abs(age);
  const text = far < MINUTE ? parts.time.seconds(Math.trunc(far / 1000)) : parts.time.minutes(Math.trunc(far / MINUTE));
  return age >= 0 ? parts.time.ago(text) : parts.time.ahead(text);
}

/** `2026-11-29`, where the viewer is. */
export function dayOf(instant: Date, chosen: 'local' | 'utc'): string {
  if (chosen === 'utc') return instant.toISOString().slice(0, 10);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${instant.getFullYear()}-${two(instant.getMonth() + 1)}-${two(instant.getDate())}`;
}

/** `29 Nov 2026`. */
export function dateOf(instant: Date, chosen: 'local' | 'utc'): string {
  return instant.toLocaleDateString(DATES, { day: 'numeric', month: 'short', year: 'numeric', ...inZone(chosen) });
}

export function timeOf(instant: Date, chosen: 'local' | 'utc', digits: 0 | 1 | 3 = 0): string {
  return instant.toLocaleTimeString(DATES, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    ...(digits !== 0 && { fractionalSecondDigits: digits }),
    ...inZone(chosen),
  });
}

/** The instant at which a day begins where the viewer is, so many days back. */
export function dayStart(daysBack: number, chosen: 'local' | 'utc'): Date {
  const at = new Date(serviceNow());
  if (chosen === 'utc') return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate() - daysBack));
  return new Date(at.getFullYear(), at.getMonth(), at.getDate() - daysBack);
}
