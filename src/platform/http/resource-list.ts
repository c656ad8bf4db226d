import type { EntityManager } from 'typeorm';
import { countUpTo } from '../database/rows.js';
import { InvalidParameter } from '../errors.js';
import { wholeNumberIn } from '../whole-number.js';
import { warningsAbout } from './unknown-parameters.js';

const MOST_OBJECTS = 20;
/** Behind it nobody pages: whoever reads so much narrows the time. Bounds how far a read walks along its index. */
const LAST_OFFSET = 100_000;
/** How far beyond its page a list is counted: 10,000 of 300,000 rows took 10 to 17 ms on SQLite, where everything else waits meanwhile; a page takes 0.1. */
const COUNTED_BEYOND = 10_000;

/** What a list of Plivo's resources was asked for. */
export interface ListAsked<Filter extends string> {
  /** Objects of a page, 1 to 20. */
  limit: number;
  /** Objects before the page. */
  offset: number;
  /** Those that were given; empty ones were not. */
  filters: Partial<Record<Filter, string>>;
  /** Goes into the answer: what was ignored, because Plivo does not know it. */
  ignored: { warnings?: string[] };
}

export interface ListMeta {
  limit: number;
  offset: number;
  total_count: number;
  next: string | null;
  previous: string | null;
}

/**
 * Reads the query of a list. Of a parameter that comes twice the last one counts. A filter of Plivo's that we do not have (`unanswered`) is refused:
 * were it ignored, a program would take everybody's calls or recordings for those it asked for, and delete them. Names that Plivo does not know are ignored, and named in the answer.
 */
export function readList<Filter extends string>(
  query: Record<string, unknown>,
  filters: readonly Filter[],
  unanswered: readonly string[] = [],
): ListAsked<Filter> {
  const given = givenTexts(query);
  const missing = unanswered.find((name) => given.has(name));
  if (missing !== undefined)
    throw new InvalidParameter(`Invalid parameter. ${missing} is no filter of this list`, missing);
  const limit = wholeNumber(given, 'limit') ?? MOST_OBJECTS;
  const offset = wholeNumber(given, 'offset') ?? 0;
  if (offset < 0 || offset > LAST_OFFSET)
    throw new InvalidParameter('Invalid parameter. offset is outside the allowed range', 'offset');
  return {
    limit: Math.min(Math.max(limit, 1), MOST_OBJECTS),
    offset,
    filters: Object.fromEntries(
      filters.flatMap((name) => (given.has(name) ? [[name, given.get(name)] as const] : [])),
    ) as Partial<Record<Filter, string>>,
    ignored: warningsAbout(Object.keys(query).map(withTwo), new Set(['limit', 'offset', ...filters, ...unanswered])),
  };
}

function givenTexts(query: Record<string, unknown>): Map<string, string> {
  const given = new Map<string, string>();
  for (const [name, value] of Object.entries(query)) {
    const last: unknown = Array.isArray(value) ? value.at(-1) : value;
    // MySQL takes no notice of blanks at an end, SQLite does.
    const text = typeof last === 'string' ? last.trimEnd() : '';
    if (text !== '') given.set(withTwo(name), text);
  }
  return given;
}

/** The Node SDK makes one underscore of the two before a comparison. */
function withTwo(name: string): string {
  return name.replace(/_+(gte?|lte?)$/, '__$1');
}

function wholeNumber(given: ReadonlyMap<string, string>, name: string): number | undefined {
  const text = given.get(name);
  if (text === undefined) return undefined;
  const number = wholeNumberIn(text);
  if (number === null) throw new InvalidParameter(`Invalid parameter. ${name} is not a number`, name);
  return number;
}

/** How many rows a statement finds, which begins with FROM: exact up to 10,000 beyond `offset`, and that many where there are more. */
export function countFrom(
  manager: EntityManager,
  rest: string,
  parameters: readonly unknown[],
  offset: number,
): Promise<number> {
  return countUpTo(manager, rest, parameters, offset + COUNTED_BEYOND);
}

/** Where a page stands in its list; `next` and `previous` repeat the filters. */
export function listMeta(
  path: string,
  { limit, offset, filters }: Omit<ListAsked<string>, 'ignored'>,
  total: number,
): ListMeta {
  const page = (at: number): string =>
    `${path}?${new URLSearchParams({ ...(filters as Record<string, string>), limit: String(limit), offset: String(at) }).toString()}`;
  return {
    limit,
    offset,
    total_count: total,
    next: offset + limit < total ? page(offset + limit) : null,
    previous: offset > 0 ? page(Math.max(offset - limit, 0)) : null,
  };
}
