import type { OpenedSession } from '../sessions/index.js';
import { number, type Field } from '../platform/database/rows.js';
import { CALL_STATS, type CallStat, type Direction } from './stat.entity.js';

/** What every roll-up row sums up: all of it that does not say where it counts. */
export type Sums = Omit<CallStat, 'accountId' | 'virtualNumber' | 'quarter' | 'direction' | 'subaccountId' | 'shard'>;

/** Where something counts. */
export interface StatPlace {
  accountId: string;
  quarter: number;
  virtualNumber: string;
  direction: Direction;
  subaccountId: string;
  sessionId: string | null;
}

export const NOTHING: Sums = {
  calls: 0,
  connected: 0,
  talkSeconds: 0,
  billedSeconds: 0,
  amount: 0,
  ownAmount: 0,
  sessions: 0,
  fees: 0,
  texts: 0,
  textsDelivered: 0,
  textsFailed: 0,
  textUnits: 0,
  textAmount: 0,
  textOwnAmount: 0,
};
export const SUM_NAMES = Object.keys(NOTHING) as (keyof Sums)[];
export const TEXT_SUM_NAMES = SUM_NAMES.filter((name) => name.startsWith('text'));
/** What calls and opened sessions add to: texts stand in rows of their own. */
export const CALL_SUM_NAMES = SUM_NAMES.filter((name) => !TEXT_SUM_NAMES.includes(name));
/** The columns of the sums, under the same names in both tables of roll-ups. */
export const SUM_COLUMNS = SUM_NAMES.map((name) => CALL_STATS.column(name));
/** The sums over several rows, as fields of a selection. */
export const TOTALS = ofEach((name): Field<number> => number(`SUM(${CALL_STATS.column(name)})`));

/** The number under which an account is summed up over all numbers. */
export const ALL_NUMBERS = '';

/** All zones that are in use are off UTC by a multiple of it, so their days, hours and months are sums of these. */
const QUARTER_MS = 900_000;

/** The first instant of the quarter of an hour. */
export function quarterOf(instant: number): number {
  return instant - (instant % QUARTER_MS);
}

/** Where a session counts as opened. */
export function placeOfOpening({ id, accountId, virtualNumber, createdAt, subaccountId }: OpenedSession): StatPlace {
  return {
    sessionId: id,
    quarter: quarterOf(createdAt),
    direction: 'inbound',
    accountId,
    virtualNumber,
    subaccountId: subaccountId ?? '',
  };
}

/** The difference that turns one into the other. */
export function minus(left: Sums, right: Sums): Sums {
  return ofEach((name) => left[name] - right[name]);
}

export function plus(left: Sums, right: Sums): Sums {
  return ofEach((name) => left[name] + right[name]);
}

export function isNothing(sums: Sums): boolean {
  return SUM_NAMES.every((name) => sums[name] === 0);
}

/** One of something for each sum. */
export function ofEach<Value>(valueOf: (name: keyof Sums) => Value): Record<keyof Sums, Value> {
  return Object.fromEntries(SUM_NAMES.map((name) => [name, valueOf(name)])) as Record<keyof Sums, Value>;
}
