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

/** `found` holds one row more than the page when there is a next one; `keyOf` is what the list is ordered by. */
export function pageOf<Row, Item>(
  found: Row[],
  { limit }: PageQuery,
  { keyOf, show }: { keyOf: (row: Row) => string; show: (row: Row) => Item },
): Page<Item> {
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  const hasMore = found.length > limit && last !== undefined;
  return { items: rows.map(show), next_cursor: hasMore ? Buffer.from(keyOf(last)).toString('base64url') : null };
}

/** The key after which a page starts; empty for the first page. `keys`: what those of the list look like. Refuses what `pageOf` has never made of one. */
export function startOf({ cursor }: PageQuery, keys: RegExp): string {
  if (cursor === undefined) return '';
  const key = Buffer.from(cursor, 'base64url').toString('utf8');
  if (Buffer.from(key).toString('base64url') === cursor && keys.test(key)) return key;
  throw wrongCursor();
}

export function wrongCursor(): InvalidRequest {
  return new InvalidRequest('cursor: expected the next_cursor of a page', { param: 'cursor' });
}
