import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, Max, Min } from 'class-validator';
import { InvalidRequest } from '../platform/errors.js';
import { TextOf } from './values.dto.js';

/** What every list takes. */
export class PageQuery {
  @ApiPropertyOptional({ description: 'Items of a page.' })
  @IsOptional()
  @Type(() => Number)
  @Min(1)
  @Max(200)
  @IsInt()
  limit = 50;

  @ApiPropertyOptional({ description: '`next_cursor` of the page before; the first page where left out.' })
  @IsOptional()
  @TextOf(1, 200)
  cursor?: string;
}

export interface Page<Item> {
  items: Item[];
  next_cursor: string | null;
}

/** Begins the cursors of a list, so that no other one of the same order takes them. */
export type List =
  | 'accounts'
  | 'audit'
  | 'callbacks'
  | 'calls'
  | 'health'
  | 'jobs'
  | 'messages'
  | 'operators'
  | 'opt-outs'
  | 'receivers'
  | 'recordings'
  | 'sessions'
  | 'stats'
  | 'subscriptions';

/** `found` holds one row more than the page when there is a next one; `keyOf` is what the list is ordered by. */
export function pageOf<Row, Item>(
  found: Row[],
  { limit }: PageQuery,
  { list, keyOf, show }: { list: List; keyOf: (row: Row) => string; show: (row: Row) => Item },
): Page<Item> {
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  const hasMore = found.length > limit && last !== undefined;
  return {
    items: rows.map(show),
    next_cursor: hasMore ? Buffer.from(`${list}:${keyOf(last)}`).toString('base64url') : null,
  };
}

/** The key after which a page starts; empty for the first page. `keys`: what those of the list look like. Refuses what `pageOf` has never made of one. */
export function startOf({ cursor }: PageQuery, list: List, keys: RegExp): string {
  if (cursor === undefined) return '';
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  const key = text.slice(list.length + 1);
  const isOwn = text.startsWith(`${list}:`) && keys.test(key);
  if (isOwn && Buffer.from(text).toString('base64url') === cursor) return key;
  throw wrongCursor();
}

export function wrongCursor(): InvalidRequest {
  return new InvalidRequest('cursor: expected the next_cursor of a page', { param: 'cursor' });
}
