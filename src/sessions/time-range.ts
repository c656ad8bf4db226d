import { DAY_MS } from '../platform/clock.js';
import { InvalidParameter } from '../platform/errors.js';
import { parseTimestamp } from './timestamps.js';
import type { Schema } from '../platform/openapi/schemas.js';

const COMPARISONS = ['', '__gt', '__gte', '__lt', '__lte'] as const;
/** What a list looks back without a filter, and the longest time that one request may ask for: Plivo's own bounds. */
const DEFAULT_DAYS = 7;
const MOST_DAYS = 30;

type TimeFilter<Name extends string> = `${Name}${(typeof COMPARISONS)[number]}`;

/** The filters of a time: itself, and `__gt`, `__gte`, `__lt`, `__lte`. */
export function timeFilters<Name extends string>(name: Name): TimeFilter<Name>[] {
  return COMPARISONS.map((comparison) => `${name}${comparison}` as const);
}

/** The same as parameters of the OpenAPI document. */
export function timeParameters(name: string): Record<string, Schema> {
  const description = 'UTC, `YYYY-MM-DD HH:MM[:ss[.uuuuuu]]` or ISO 8601; at most 30 days, the last 7 where left out.';
  return Object.fromEntries(
    timeFilters(name).map((each) => [each, { type: 'string', description, example: '2026-11-29 17:00' }]),
  );
}

/**
 * The time that the filters of a list leave, `until` excluded: at most 30 days, and the last 7 where no beginning is given. Refuses what is no time,
 * and a longer one.
 */
export function readTimeRange<Name extends string>(
  filters: Partial<Record<TimeFilter<Name>, string>>,
  name: Name,
  now: number,
): { from: number; until: number } {
  const bounds = boundsOf(filters, name);
  const last = Math.min(bounds.until, now);
  const from = bounds.from === -Infinity ? last - DEFAULT_DAYS * DAY_MS : bounds.from;
  if (last - from > MOST_DAYS * DAY_MS)
    throw new InvalidParameter(`Invalid parameter. ${name} should not span more than ${MOST_DAYS} days`, name);
  return { from, until: bounds.until === Infinity ? Number.MAX_SAFE_INTEGER : bounds.until };
}

/** Infinite where no filter bounds it. */
function boundsOf<Name extends string>(
  filters: Partial<Record<TimeFilter<Name>, string>>,
  name: Name,
): { from: number; until: number } {
  const bounds = { from: -Infinity, until: Infinity };
  for (const comparison of COMPARISONS) {
    const text = filters[`${name}${comparison}`];
    if (text === undefined) continue;
    const moment = parseTimestamp(text);
    if (moment === null) throw new InvalidParameter(`Invalid parameter. ${name} is not a valid timestamp`, name);
    if (comparison === '' || comparison.startsWith('__g'))
      bounds.from = Math.max(bounds.from, comparison === '__gt' ? moment.until : moment.from);
    if (comparison === '' || comparison.startsWith('__l'))
      bounds.until = Math.min(bounds.until, comparison === '__lt' ? moment.from : moment.until);
  }
  return bounds;
}
