import type { AnswerAt, Outcome } from '../../reach/answers.ts';
import { useOne, type One } from '../../parts/use-one.ts';
import { dayOf, dayStart, serviceNow } from '../../parts/clock.ts';

const HOUR = 3_600_000;
const HOURS = 24;
const DAYS = 14;
/** More are told as "at least so many". */
export const COUNTED = 100;

export function usePool(): One<AnswerAt<'/pool'>> {
  return useOne('/pool', {}, ['pool', 'session']);
}

/** Where the viewer is, as the statistics want it. */
function zoneName(zone: 'local' | 'utc'): string {
  return zone === 'utc' ? 'UTC' : Intl.DateTimeFormat().resolvedOptions().timeZone;
}

export function useHours(): One<AnswerAt<'/stats'>> {
  const from = Math.floor(serviceNow() / HOUR) * HOUR - (HOURS - 1) * HOUR;
  return useOne('/stats', { group_by: 'hour', from: new Date(from).toISOString(), limit: 200 }, ['call']);
}

/** The last 24 hours, the one that runs included; an hour without calls has none. */
export function hoursUntil(now: number): Date[] {
  const last = Math.floor(now / HOUR) * HOUR;
  return Array.from({ length: HOURS }, (_, place) => new Date(last - (HOURS - 1 - place) * HOUR));
}

/** What became of the calls of each hour of today. */
export function useOutcomes(zone: 'local' | 'utc'): One<AnswerAt<'/stats/outcomes'>> {
  const query = {
    from: dayStart(0, zone).toISOString(),
    to: dayStart(-1, zone).toISOString(),
    time_zone: zoneName(zone),
  };
  return useOne('/stats/outcomes', query, ['call']);
}

/** All hours of today, 23 to 25 of them. */
export function hoursOfToday(zone: 'local' | 'utc'): Date[] {
  const [start, end] = [dayStart(0, zone).getTime(), dayStart(-1, zone).getTime()];
  return Array.from({ length: Math.ceil((end - start) / HOUR) }, (_, place) => new Date(start + place * HOUR));
}

export function useDays(zone: 'local' | 'utc'): One<AnswerAt<'/stats'>> {
  const query = {
    group_by: 'day',
    time_zone: zoneName(zone),
    from: dayStart(DAYS - 1, zone).toISOString(),
    limit: 200,
  };
  return useOne('/stats', query, ['call']);
}

export function daysUntilNow(zone: 'local' | 'utc'): { day: string; start: Date; end: Date }[] {
  return Array.from({ length: DAYS }, (_, place) => {
    const start = dayStart(DAYS - 1 - place, zone);
    return { day: dayOf(start, zone), start, end: dayStart(DAYS - 2 - place, zone) };
  });
}

/** Today's calls of one outcome, the newest hundred: why they ended so. */
export function useTodaysCalls(outcome: Outcome, zone: 'local' | 'utc'): One<AnswerAt<'/calls'>> {
  return useOne('/calls', { outcome, from: dayStart(0, zone).toISOString(), limit: COUNTED }, ['call']);
}
