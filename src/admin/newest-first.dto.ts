import { startOf, wrongCursor, type List, type PageQuery } from './page.dto.js';

/** Where a row stands in a list that shows the newest first. */
export interface Place {
  at: number;
  id: string;
}

const PLACE = /^(\d{1,15})\.([0-9a-f-]{36})$/;

export function keyOfPlace({ at, id }: Place): string {
  return `${at}.${id}`;
}

/** The place after which a page starts; undefined for the first page. */
export function placeBefore(query: PageQuery, list: List): Place | undefined {
  if (query.cursor === undefined) return undefined;
  const [, at, id] = PLACE.exec(startOf(query, list, PLACE)) ?? [];
  if (at === undefined || id === undefined) throw wrongCursor();
  return { at: Number(at), id };
}
