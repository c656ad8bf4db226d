import { useLiveCalls } from '../parts/use-live-calls.ts';
import { useOne } from '../parts/use-one.ts';
import type { Page } from '../parts/use-rows.ts';
import type { Place } from '../places.ts';

const COUNTED = 100;

/** What stands beside the names of pages: calls that go on, and callbacks that are given up. */
export function useCounts(places: readonly Place[]): Partial<Record<Place['path'], { text: string; isBad: boolean }>> {
  const isSeen = (path: Place['path']): boolean => places.some((place) => place.path === path);
  const live = useLiveCalls(isSeen('sessions')).body;
  const parked = useOne('/callbacks', { status: 'parked', limit: COUNTED }, ['callback'], isSeen('callbacks'));
  return {
    ...(live && live.sessions > 0 && { calls: { text: liveText(live), isBad: false } }),
    ...(parked.body !== undefined &&
      parked.body.items.length > 0 && { callbacks: { text: textOf(parked.body), isBad: true } }),
  };
}

function textOf({ items, next_cursor: next }: Page<unknown>): string {
  return next === null ? String(items.length) : `${COUNTED}+`;
}

function liveText({ sessions, is_all: isAll }: { sessions: number; is_all: boolean }): string {
  return isAll ? String(sessions) : `${sessions}+`;
}
