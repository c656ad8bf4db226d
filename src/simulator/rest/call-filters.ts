import type { Leg } from '../calls/call.js';
import { RestRefusal } from './rest-errors.js';
import type { Query } from './rest-list.js';
import { DAY_MS } from '../../platform/clock.js';

const DEFAULT_WINDOW_DAYS = 7;
const LONGEST_RANGE_DAYS = 30;

const COMPARISONS: readonly [suffix: string, holds: (a: number, b: number) => boolean][] = [
  ['', (a, b) => a === b],
  ['__gt', (a, b) => a > b],
  ['__gte', (a, b) => a >= b],
  ['__lt', (a, b) => a < b],
  ['__lte', (a, b) => a <= b],
];

/** What the list's query lets through. Without a time it is the last seven days; more than thirty days at a time are refused. */
export function readFilters(query: Query, now: number): (leg: Leg) => boolean {
  const ended = readTimes(query, 'end_time', now);
  const billed = readComparisons(query, 'bill_duration', readWhole);
  const texts = Object.entries(TEXTS).flatMap(([name, read]) => {
    const wanted = query[name];
    return wanted === undefined ? [] : [{ wanted: name.endsWith('_number') ? digits(wanted) : wanted, read }];
  });
  return (leg) =>
    ended(leg.endedAt ?? 0) && billed(leg.durationSeconds) && texts.every(({ wanted, read }) => read(leg) === wanted);
}

/** The same for the instants of any list. */
export function readTimes(query: Query, field: string, now: number): (at: number) => boolean {
  refuseLongRange(query, field, now);
  return COMPARISONS.some(([suffix]) => query[`${field}${suffix}`] !== undefined)
    ? readComparisons(query, field, readUtc)
    : (at) => at >= now - DEFAULT_WINDOW_DAYS * DAY_MS;
}

const TEXTS: Readonly<Record<string, (leg: Leg) => string>> = {
  call_direction: ({ facts }) => facts.direction,
  from_number: ({ facts }) => digits(facts.from),
  to_number: ({ facts }) => digits(facts.to),
  parent_call_uuid: ({ facts }) => facts.parentUuid ?? '',
  subaccount: ({ facts }) => facts.subaccount ?? '',
  hangup_cause_code: ({ ending }) => String(ending?.code ?? 0),
  hangup_source: ({ ending }) => ending?.source ?? '',
};

function readComparisons(query: Query, field: string, read: (name: string, text: string) => number) {
  const bounds = COMPARISONS.flatMap(([suffix, holds]) => {
    const text = query[`${field}${suffix}`];
    return text === undefined ? [] : [{ holds, bound: read(`${field}${suffix}`, text) }];
  });
  return (value: number) => bounds.every(({ holds, bound }) => holds(value, bound));
}

function refuseLongRange(query: Query, field: string, now: number): void {
  const bound = (...names: string[]) => {
    const name = names.find((known) => query[known] !== undefined);
    return name === undefined ? null : readUtc(name, query[name] ?? '');
  };
  const from = bound(`${field}__gt`, `${field}__gte`);
  const until = bound(`${field}__lt`, `${field}__lte`) ?? now;
  if (from !== null && until - from > LONGEST_RANGE_DAYS * DAY_MS) {
    throw new RestRefusal(400, `${field} range must not exceed ${LONGEST_RANGE_DAYS} days`);
  }
}

function digits(number: string): string {
  return number.trim().replace('+', '');
}

function readWhole(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new RestRefusal(400, `${name} parameter is not a number`);
  return Number(text);
}

const FILTER_TIME = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2})(:\d{2})?(\.\d{1,6})?$/;

/** `YYYY-MM-DD HH:MM[:ss[.uuuuuu]]`, UTC. */
function readUtc(name: string, text: string): number {
  const [, day, minute, second = ':00', fraction = ''] = FILTER_TIME.exec(text) ?? [];
  const at = day === undefined ? Number.NaN : Date.parse(`${day}T${minute}${second}${fraction.slice(0, 4)}Z`);
  if (Number.isNaN(at)) throw new RestRefusal(400, `${name} parameter is not a valid time`);
  return at;
}
