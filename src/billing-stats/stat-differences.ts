import type { OpenedSession } from '../sessions/index.js';
import { hourOf } from '../platform/clock.js';
import type { Database, Tx } from '../platform/database/database.js';
import { marks, selection, text } from '../platform/database/rows.js';
import { addToNumber, addToSession } from './add-to-stats.js';
import { CALL_STATS, SESSION_STATS, UNKNOWN } from './stat.entity.js';
import {
  ALL_NUMBERS,
  isNothing,
  minus,
  NOTHING,
  ofEach,
  placeOfOpening,
  SUM_COLUMNS,
  TOTALS,
  type StatPlace,
  type Sums,
} from './sums.js';

/** A roll-up row that is not the sum of what it was made of, and by how much it is too high. */
export type Surplus = StatPlace & { sums: Sums };

const KEPT = ofEach((name) => CALL_STATS.column(name));
const LESS = ofEach((name) => `-${CALL_STATS.column(name)}`);
const OPENINGS = selection(
  SESSION_STATS.pick(['sessionId', 'quarter', 'direction', 'subaccountId', 'sessions', 'fees']),
);
const ZERO = ofEach(() => '0');
const LESS_TALLY = {
  ...ZERO,
  calls: '-1',
  connected: '-is_connected',
  talkSeconds: '-talk_seconds',
  billedSeconds: '-billed_seconds',
  amount: '-(amount + own_amount)',
  ownAmount: '-own_amount',
};
const LESS_TEXT = {
  ...ZERO,
  texts: '-is_taken',
  textsDelivered: '-is_delivered',
  textsFailed: '-is_failed',
  textUnits: '-units',
  textAmount: '-(amount + own_amount)',
  textOwnAmount: '-own_amount',
};
const LESS_OPENING = { ...ZERO, sessions: '-sessions', fees: '-fees' };
const WITHOUT_OPENING = { ...KEPT, sessions: '0', fees: '0' };

const QUARTERS = selection(CALL_STATS.pick(['quarter'], 'h'));

const IS_OFF = SUM_COLUMNS.map((column) => `SUM(${column}) <> 0`).join(' OR ');
const PLACE = 'hour, direction, subaccount_id';
const PLACE_OF_TEXT = "hour, 'text' AS direction, subaccount_id";
const HOURS = 'account_id = ? AND hour >= ? AND hour < ?';

const NUMBERS = selection({
  ...CALL_STATS.pick(['virtualNumber', 'quarter', 'direction', 'subaccountId'], 'd'),
  ...TOTALS,
});
const ACCOUNT = selection({ ...CALL_STATS.pick(['quarter', 'direction', 'subaccountId'], 'd'), ...TOTALS });
const SESSIONS = selection({
  ...SESSION_STATS.pick(['sessionId', 'quarter', 'direction'], 'd'),
  accountId: text('MAX(account_id)'),
  virtualNumber: text('MAX(virtual_number)'),
  subaccountId: text('MAX(subaccount_id)'),
  ...TOTALS,
});

// Each of these is one statement, so it sees one state of the database: what is counted meanwhile is on both sides or on neither.

/** The rows of numbers, against the calls and texts counted and the sessions opened in their hours, and what was forgotten of both. */
export async function surplusOfNumbers(tx: Tx, accountId: string, from: number, to: number): Promise<Surplus[]> {
  const bounds = [accountId, from, to];
  const off = await NUMBERS.read(
    tx,
    `FROM (
       SELECT virtual_number, ${PLACE}, ${listed(KEPT)} FROM call_stat WHERE ${HOURS} AND virtual_number <> '${ALL_NUMBERS}'
       UNION ALL SELECT virtual_number, ${PLACE}, ${listed(LESS_TALLY)} FROM call_tally WHERE ${HOURS}
       UNION ALL SELECT virtual_number, ${PLACE_OF_TEXT}, ${listed(LESS_TEXT)} FROM text_tally WHERE ${HOURS}
       UNION ALL SELECT virtual_number, ${PLACE}, ${listed(LESS_OPENING)} FROM session_stat WHERE ${HOURS} AND sessions <> 0
       UNION ALL SELECT virtual_number, ${PLACE}, ${listed(LESS)} FROM forgotten_stat WHERE ${HOURS}
     ) d GROUP BY virtual_number, ${PLACE} HAVING ${IS_OFF}`,
    [...bounds, ...bounds, ...bounds, ...bounds, ...bounds],
  );
  return off.map(({ virtualNumber, quarter, direction, subaccountId, ...sums }) => ({
    accountId,
    virtualNumber,
    quarter,
    direction,
    subaccountId,
    sessionId: null,
    sums,
  }));
}

/** The rows over all numbers, against those of the numbers. */
export async function surplusOfAccount(tx: Tx, accountId: string, from: number, to: number): Promise<Surplus[]> {
  const bounds = [accountId, from, to];
  const off = await ACCOUNT.read(
    tx,
    `FROM (
       SELECT ${PLACE}, ${listed(KEPT)} FROM call_stat WHERE ${HOURS} AND virtual_number = '${ALL_NUMBERS}'
       UNION ALL SELECT ${PLACE}, ${listed(LESS)} FROM call_stat WHERE ${HOURS} AND virtual_number <> '${ALL_NUMBERS}'
     ) d GROUP BY ${PLACE} HAVING ${IS_OFF}`,
    [...bounds, ...bounds],
  );
  return off.map(({ quarter, direction, subaccountId, ...sums }) => ({
    accountId,
    virtualNumber: ALL_NUMBERS,
    quarter,
    direction,
    subaccountId,
    sessionId: null,
    sums,
  }));
}

/** The rows of sessions with ids after one and up to another, against the calls counted; openings are looked at elsewhere. */
export async function surplusOfSessions(tx: Tx, after: string, upTo: string): Promise<Surplus[]> {
  const where = 'session_id > ? AND session_id <= ?';
  const off = await SESSIONS.read(
    tx,
    `FROM (
       SELECT session_id, ${PLACE}, account_id, virtual_number, ${listed(WITHOUT_OPENING)} FROM session_stat WHERE ${where}
       UNION ALL SELECT session_id, ${PLACE}, account_id, virtual_number, ${listed(LESS_TALLY)} FROM call_tally WHERE ${where}
       UNION ALL SELECT session_id, ${PLACE_OF_TEXT}, account_id, virtual_number, ${listed(LESS_TEXT)} FROM text_tally WHERE ${where}
     ) d GROUP BY session_id, hour, direction HAVING ${IS_OFF}`,
    [after, upTo, after, upTo, after, upTo],
  );
  return off.map(({ sessionId, quarter, direction, accountId, virtualNumber, subaccountId, ...sums }) => ({
    sessionId,
    quarter,
    direction,
    accountId,
    virtualNumber,
    subaccountId,
    sums,
  }));
}

/** Takes a surplus away: from a session's row, or from a number's. Sums commute, so what is counted meanwhile is not lost. */
export async function takeAway(tx: Tx, database: Database, { sums, ...place }: Surplus): Promise<void> {
  const less = minus(NOTHING, sums);
  if (place.sessionId === null) await addToNumber(tx, database, place, less);
  else await addToSession(tx, database, place, less);
}

function listed(values: Record<keyof Sums, string>): string {
  return Object.values(ofEach((name) => `${values[name]} AS ${CALL_STATS.column(name)}`)).join(', ');
}

/** Sessions whose opening is not counted as it was. */
export async function wrongOpenings(tx: Tx, sessions: OpenedSession[]): Promise<Surplus[]> {
  const opened = await OPENINGS.read(
    tx,
    `FROM session_stat WHERE session_id IN (${marks(sessions)}) AND (sessions <> 0 OR fees <> 0)`,
    sessions.map(({ id }) => id),
  );
  return sessions.flatMap((session) => {
    const kept = opened.filter((row) => row.sessionId === session.id);
    const place = keptPlaceOf(session, kept);
    const byPlace = new Map<string, { place: OpeningPlace; sessions: number; fees: number }>();
    for (const row of [...kept, { ...place, sessions: -1, fees: -session.fee }]) {
      const key = `${row.quarter} ${row.direction} ${row.subaccountId}`;
      const sum = byPlace.get(key) ?? { place: row, sessions: 0, fees: 0 };
      byPlace.set(key, { place: sum.place, sessions: sum.sessions + row.sessions, fees: sum.fees + row.fees });
    }
    const { accountId, virtualNumber, id: sessionId } = session;
    return [...byPlace.values()]
      .map(({ place: { quarter, direction, subaccountId }, ...sums }) => ({
        accountId,
        virtualNumber,
        sessionId,
        quarter,
        direction,
        subaccountId,
        sums: {
          ...NOTHING,
          ...sums,
        },
      }))
      .filter(({ sums }) => !isNothing(sums));
  });
}

type OpeningPlace = Pick<StatPlace, 'quarter' | 'direction' | 'subaccountId'>;

/** Where an opening should stand: where it stands, if it was counted in its hour before there were quarters. */
function keptPlaceOf(session: OpenedSession, kept: (OpeningPlace & { sessions: number })[]): OpeningPlace {
  const isOlder = (row: OpeningPlace): boolean =>
    row.direction === UNKNOWN && row.subaccountId === UNKNOWN && row.quarter === hourOf(session.createdAt);
  return kept.find((row) => isOlder(row) && row.sessions > 0) ?? placeOfOpening(session);
}

/** The next quarter of an hour in which an account has anything. */
export async function nextQuarter(tx: Tx, accountId: string, after: number): Promise<number | null> {
  const [found] = await QUARTERS.read(
    tx,
    `FROM (SELECT MIN(hour) AS hour FROM call_stat WHERE account_id = ? AND hour > ?
           UNION ALL SELECT MIN(hour) FROM call_tally WHERE account_id = ? AND hour > ?
           UNION ALL SELECT MIN(hour) FROM text_tally WHERE account_id = ? AND hour > ?
           UNION ALL SELECT MIN(hour) FROM session_stat WHERE account_id = ? AND hour > ?) h
     WHERE hour IS NOT NULL ORDER BY hour LIMIT 1`,
    [accountId, after, accountId, after, accountId, after, accountId, after],
  );
  return found?.quarter ?? null;
}
