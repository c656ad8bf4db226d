import { DAY_MS, HOUR_MS } from '../platform/clock.js';
import type { Field } from '../platform/database/rows.js';
import type { TimeZone } from '../platform/time-zone.js';
import { describeNumber, type E164 } from '../telephony/phone.js';
import { SESSION_STATS, UNKNOWN } from './stat.entity.js';
import { NOTHING, plus, type Sums } from './sums.js';

export const GROUPINGS = [
  'day',
  'hour',
  'month',
  'number',
  'session',
  'account',
  'country',
  'subaccount',
  'direction',
] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** What has none: the direction of an opened session, the subaccount of the account's own. */
const NONE = 'none';

/**
 * `key` holds the values of `values` joined by `/`. A value is, by grouping: `2026-11-22T19:00:00Z` (in another zone `2026-11-22T19:00:00+01:00`),
 * `2026-11-22`, `2026-11`, `+14155550100`, session uuid, auth id, ISO 3166 code of the virtual number's country, auth id or `none`, `inbound`, `requested`, `text`
 * or, for opened sessions, `none`. What nobody told, or was not kept when it was counted, is `unknown`.
 */
export interface StatsRow extends Sums {
  key: string;
  values: Partial<Record<Grouping, string>>;
}

type Part = 'day' | 'hour' | 'virtualNumber' | 'sessionId' | 'accountId' | 'subaccountId' | 'direction';
/** A row of the database: sums, and what they are grouped by under `by0`, `by1` and so on. */
export type Group = Sums & Record<`by${number}`, string>;

/** How rows of sums are put together by some keys, in a time zone: what the database groups by, and what becomes of that here. */
export class Grouped {
  private readonly parts: Part[];
  private readonly stretches: ReturnType<TimeZone['stretches']>;

  constructor(
    private readonly keys: readonly Grouping[],
    private readonly zone: TimeZone,
    from: number,
    to: number,
  ) {
    // Hours of a zone say their day and month too.
    const time = keys.includes('hour') ? 'hour' : 'day';
    this.parts = [...new Set(keys.map((key) => partOf(key, time)))];
    this.stretches = zone.stretches(from, to);
  }

  /** Whether rows over all numbers say enough. */
  get isByNumber(): boolean {
    return this.parts.includes('virtualNumber');
  }

  fields(): Record<`by${number}`, Field<string>> {
    return Object.fromEntries(this.parts.map((part, place) => [`by${place}`, { sql: this.sqlOf(part), from: String }]));
  }

  /** For GROUP BY. */
  names(): string {
    return this.parts.map((_, place) => `\`by${place}\``).join(', ');
  }

  /** In the order of their keys. Several groups may share one: days of a month, numbers of a country. */
  rows(groups: Group[]): StatsRow[] {
    const byKey = new Map<string, StatsRow>();
    for (const group of groups) for (const [values, sums] of this.split(group)) add(byKey, this.keys, values, sums);
    return [...byKey.values()].sort((one, other) => (one.key < other.key ? -1 : 1));
  }

  /** An opened session and its fee have no direction, whatever row they stand in. */
  private split(group: Group): [StatsRow['values'], Sums][] {
    const sums = sumsOf(group);
    const values = this.valuesOf(group);
    const { sessions, fees } = sums;
    if (values.direction === undefined || (sessions === 0 && fees === 0)) return [[values, sums]];
    const opened: [StatsRow['values'], Sums] = [
      { ...values, direction: NONE },
      { ...NOTHING, sessions, fees },
    ];
    const ofCalls = { ...sums, sessions: 0, fees: 0 };
    const isOpeningOnly = Object.values(ofCalls).every((sum) => sum === 0);
    return isOpeningOnly ? [opened] : [[values, ofCalls], opened];
  }

  private valuesOf(group: Group): StatsRow['values'] {
    const values: StatsRow['values'] = {};
    for (const key of this.keys) {
      const part = partOf(key, this.parts.includes('hour') ? 'hour' : 'day');
      values[key] = this.shown(key, group[`by${this.parts.indexOf(part)}`] ?? '');
    }
    return values;
  }

  private shown(key: Grouping, value: string): string {
    switch (key) {
      case 'hour':
        return this.zone.isUtc ? `${isoOf(Number(value)).slice(0, 19)}Z` : this.withOffset(Number(value));
      case 'day':
        return isoOf(this.clockAt(Number(value))).slice(0, 10);
      case 'month':
        return isoOf(this.clockAt(Number(value))).slice(0, 7);
      case 'number':
        return isNumber(value) ? `+${value}` : value;
      case 'country':
        return countryOf(value);
      default:
        // Of all others the empty text is an account's own, which has no subaccount.
        return value || NONE;
    }
  }

  /** Days are as the zone's clocks show them, hours are instants. */
  private clockAt(value: number): number {
    return this.parts.includes('hour') ? value + this.offsetAt(value) : value;
  }

  private withOffset(instant: number): string {
    const offset = this.offsetAt(instant);
    const [hours, minutes] = [Math.floor(Math.abs(offset) / HOUR_MS), (Math.abs(offset) % HOUR_MS) / 60_000];
    const two = (number: number): string => String(number).padStart(2, '0');
    return `${isoOf(instant + offset).slice(0, 19)}${offset < 0 ? '-' : '+'}${two(hours)}:${two(minutes)}`;
  }

  private offsetAt(instant: number): number {
    return this.stretches.findLast(({ from }) => from <= instant)?.offsetMs ?? this.stretches[0]?.offsetMs ?? 0;
  }

  private sqlOf(part: Part): string {
    const at = SESSION_STATS.column('quarter');
    const shown = `(${at} + ${this.offsetInSql(at)})`;
    if (part === 'day') return `${shown} - ${shown} % ${DAY_MS}`;
    if (part === 'hour') return `${at} - ${shown} % ${HOUR_MS}`;
    return SESSION_STATS.column(part);
  }

  private offsetInSql(at: string): string {
    const [first, ...later] = this.stretches;
    const cases = later.toReversed().map(({ from, offsetMs }) => `WHEN ${at} >= ${from} THEN ${offsetMs}`);
    return cases.length === 0
      ? String(first?.offsetMs ?? 0)
      : `CASE ${cases.join(' ')} ELSE ${first?.offsetMs ?? 0} END`;
  }
}

function partOf(key: Grouping, time: 'day' | 'hour'): Part {
  switch (key) {
    case 'day':
    case 'hour':
    case 'month':
      return time;
    case 'number':
    case 'country':
      return 'virtualNumber';
    case 'session':
      return 'sessionId';
    case 'account':
      return 'accountId';
    case 'subaccount':
      return 'subaccountId';
    case 'direction':
      return 'direction';
  }
}

function add(byKey: Map<string, StatsRow>, keys: readonly Grouping[], values: StatsRow['values'], sums: Sums): void {
  const key = keys.map((each) => values[each]).join('/');
  const known = byKey.get(key);
  byKey.set(key, { key, values, ...(known ? plus(known, sums) : sums) });
}

function sumsOf(group: Group): Sums {
  return plus(group, NOTHING);
}

function isoOf(instant: number): string {
  return new Date(instant).toISOString();
}

function countryOf(number: string): string {
  return (isNumber(number) && describeNumber(number as E164).country) || UNKNOWN;
}

function isNumber(text: string): boolean {
  return /^\d+$/.test(text);
}
