import { useQuery } from '@tanstack/react-query';
import type { components } from '../api-types.ts';
import { ask } from '../reach/ask.ts';

export type NumberHealth = components['schemas']['NumberHealth'] & { account: string };

/** Of this pages are asked for; a larger pool is seen number by number. */
const MOST_PAGES = 10;
/** It is counted hourly. */
const FRESH_MS = 5 * 60_000;

/** How every number of these accounts did over the last seven days, by number; undefined until that is known. */
export function useHealth(accounts: readonly string[]): ReadonlyMap<string, NumberHealth> | undefined {
  const whose = [...new Set(accounts)].sort();
  return useQuery({
    queryKey: ['pool', 'health', whose],
    queryFn: async ({ signal }) => new Map((await Promise.all(whose.map((one) => ofAccount(one, signal)))).flat()),
    enabled: whose.length > 0,
    staleTime: FRESH_MS,
    placeholderData: (before) => before,
  }).data;
}

async function ofAccount(account: string, signal: AbortSignal): Promise<[string, NumberHealth][]> {
  const found: [string, NumberHealth][] = [];
  let cursor: string | null = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer: components['schemas']['NumbersHealth'] = await ask('/pool/health', {
      query: { account, limit: 200, cursor },
      signal,
    });
    found.push(...answer.items.map((one): [string, NumberHealth] => [one.number, { ...one, account }]));
    cursor = answer.next_cursor;
    if (cursor === null) break;
  }
  return found;
}
