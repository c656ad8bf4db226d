import { DATES } from '../../../design/texts/language.ts';
import { costs } from '../../../design/texts/console/costs.ts';
import type { Filters } from '../../address.ts';
import { dayOf, serviceNow } from '../../parts/clock.ts';

export const LAST_12 = 'last12';
const CHOSEN_FROM = 13;

/** What is asked of the statistics. Instants are without offset: they are read in the time zone. */
export interface Period {
  from: string;
  to: string;
  /** `2026-11`; null where it is no single month. */
  month: string | null;
}

/** As the address has it, or the viewer's own. */
export function zoneOf({ zone }: Filters, chosen: 'local' | 'utc'): string {
  if (zone !== undefined) return zone;
  return chosen === 'utc' ? 'UTC' : Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** This month and those before it, the last first. */
export function monthsUntilNow(chosen: 'local' | 'utc'): string[] {
  const now = dayOf(new Date(serviceNow()), chosen).slice(0, 7);
  return Array.from({ length: CHOSEN_FROM }, (_, back) => monthBefore(now, back));
}

export function periodOf({ month }: Filters, chosen: 'local' | 'utc'): Period {
  const [now = ''] = monthsUntilNow(chosen);
  if (month === LAST_12) return { from: startOf(monthBefore(now, 11)), to: startOf(monthBefore(now, -1)), month: null };
  const one = month !== undefined && /^\d{4}-(?:0[1-9]|1[0-2])$/.test(month) ? month : now;
  return { from: startOf(one), to: startOf(monthBefore(one, -1)), month: one };
}

export function monthBefore(month: string, back: number): string {
  const [year = 0, place = 1] = month.split('-').map(Number);
  const at = new Date(Date.UTC(year, place - 1 - back));
  return at.toISOString().slice(0, 7);
}

function startOf(month: string): string {
  return `${month}-01T00:00:00`;
}

/** `November 2026`. */
export function monthName(month: string): string {
  return new Date(`${month}-01T00:00:00Z`).toLocaleDateString(DATES, {
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  });
}

export function periodName({ month }: Period): string {
  return month === null ? costs.last12 : monthName(month);
}
