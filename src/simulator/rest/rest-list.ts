import { randomUUID } from 'node:crypto';
import { RestRefusal } from './rest-errors.js';

export type Query = Record<string, string | undefined>;

const LARGEST_PAGE = 20;

/** One page in Plivo's envelope; `next` and `previous` are relative and keep the filters. */
export function page<T>(path: string, items: readonly T[], query: Query) {
  const limit = whole(query, 'limit', LARGEST_PAGE);
  const offset = whole(query, 'offset', 0);
  if (limit < 1 || limit > LARGEST_PAGE) throw new RestRefusal(400, `limit must be from 1 to ${LARGEST_PAGE}`);
  const at = (place: number) => {
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, value);
    search.set('limit', String(limit));
    search.set('offset', String(place));
    return `${path}?${search}`;
  };
  return {
    api_id: randomUUID(),
    meta: {
      limit,
      offset,
      next: offset + limit < items.length ? at(offset + limit) : null,
      previous: offset > 0 ? at(Math.max(0, offset - limit)) : null,
      total_count: items.length,
    },
    objects: items.slice(offset, offset + limit),
  };
}

function whole(query: Query, name: string, otherwise: number): number {
  const text = query[name];
  if (text === undefined || text === '') return otherwise;
  if (!/^\d{1,9}$/.test(text)) throw new RestRefusal(400, `${name} must be a number`);
  return Number(text);
}
