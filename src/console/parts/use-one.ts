import { useEffect, useRef } from 'react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { AnswerAt } from '../reach/answers.ts';
import { ask, type Query } from '../reach/ask.ts';
import { useLive, type LiveKind } from '../reach/live.ts';

export interface One<Body> {
  body: Body | undefined;
  error: unknown;
  again: () => void;
}

const KEPT_MS = 5 * 60_000;

/** One answer of the admin API, asked for again when something of these kinds has changed. */
export function useOne<Path extends `/${string}`>(
  path: Path,
  query: Query = {},
  live: readonly LiveKind[] = [],
  isAsked = true,
): One<AnswerAt<Path>> {
  const client = useQueryClient();
  const key = [path.split('/')[1], 'one', path, query];
  const { data, error, refetch } = useQuery({
    queryKey: key,
    enabled: isAsked,
    queryFn: ({ signal }) => ask<AnswerAt<Path>>(path, { query, signal }),
    // The masked answer stays until the whole one is there; never the other way round, and never under what is asked of something else.
    placeholderData: (before, held) =>
      held?.queryKey[2] === path && !isWhole(held.queryKey[3]) && subjectOf(held.queryKey[3]) === subjectOf(query)
        ? before
        : undefined,
    // Nor is what was whole kept for who comes next.
    gcTime: isWhole(query) ? 0 : KEPT_MS,
  });
  useLive(live, () => void client.invalidateQueries({ queryKey: key }));
  return { body: data, error, again: () => void refetch() };
}

/** Asks again and again while something goes on of which no event tells. */
export function useAgainWhile(isGoingOn: boolean, everyMs: number, again: () => void): void {
  const latest = useRef(again);
  useEffect(() => {
    latest.current = again;
  });
  useEffect(() => {
    if (!isGoingOn) return undefined;
    const timer = setInterval(() => latest.current(), everyMs);
    return () => clearInterval(timer);
  }, [isGoingOn, everyMs]);
}

/** What is asked about, whether masked or whole. */
function subjectOf(query: unknown): string {
  const { reveal: _, reason: __, ...subject } = query as Query;
  return JSON.stringify(subject);
}

function isWhole(query: unknown): boolean {
  return (query as Query)['reveal'] === 'true';
}
