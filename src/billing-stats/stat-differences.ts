import type { OpenedSession } from '../sessions/index.js';
import { hourOf } from '../platform/clock.js';
import type { Database, Tx } from '../platform/database/database.js';
import { marks, selection, text } from '../platform/database/rows.js';
import { addToNumber, addToSession } from './add-to-stats.js';
import { CALL_STATS, SESSION_STATS } from './stat.entity.js';
import {
  ALL_NUMBERS,
  isNothing,
  minus,
  NOTHING,
  ofEach,
  SUM_COLUMNS,
  TOTALS,
  type StatPlace,
  type Sums,
} from './sums.js';

/** A roll-up row that is not the sum of what it was made of, and by how much it is too high. */
export type Surplus = StatPlace & { sums: Sums };

const KEPT = ofEach((name) => CALL_STATS.column(name));
const LESS = ofEach((name) => `-${CALL_STATS.column(name)}`);
const OPENINGS = selection(SESSION_STATS.pick(['sessionId', 'hour', 'sessions', 'fees']));
const ZERO = ofEach(() => '0');
const LESS_TALLY = {
  ...ZERO,
  calls: '-1',
  connected: '-is_connected',
  talkSeconds: '-talk_seconds',
  billedSeconds: '-billed_seconds',
  amount: '-(amount + own_amount)',
};
const LESS_OPENING = { ...ZERO, sessions: '-sessions', fees: '-fees' };
const WITHOUT_OPENING = { ...KEPT, sessions: '0', fees: '0' };

const IS_OFF = SUM_COLUMNS.map((column) => `SUM(${column}) <> 0`).join(' OR ');
const HOURS = 'account_id = ? AND hour >= ? AND hour < ?';

const NUMBERS = selection({ ...CALL_STATS.pick(['virtualNumber', 'hour'], 'd'), ...TOTALS });
const ACCOUNT = selection({ ...CALL_STATS.pick(['hour'], 'd'), ...TOTALS });
const SESSIONS = selection({
  ...SESSION_STATS.pick(['sessionId', 'hour'], 'd'),
  accountId: text('MAX(account_id)'),
  virtualNumber: text('MAX(virtual_number)'),
  ...TOTALS,
});

// Each of these is one statement, so it sees one state of the database: what is counted meanwhile is on both sides or on neither.

/** The rows of numbers, against the calls counted and the sessions opened in their hours, and what was forgotten of both. */
export async function surplusOfNumbers(tx: Tx, accountId: string, from: number, to: number): Promise<Surplus[]> {
  const bounds = [accountId, from, to];
  const off = await NUMBERS.read(
    tx,
    `FROM (
       SELECT virtual_number, hour, ${listed(KEPT)} FROM call_stat WHERE ${HOURS} AND virtual_number <> '${ALL_NUMBERS}'
       UNION ALL SELECT virtual_number, hour, ${listed(LESS_TALLY)} FROM call_tally WHERE ${HOURS}
       UNION ALL SELECT virtual_number, hour, ${listed(LESS_OPENING)} FROM session_stat WHERE ${HOURS} AND sessions <> 0
       UNION ALL SELECT virtual_number, hour, ${listed(LESS)} FROM forgotten_stat WHERE ${HOURS}
     ) d GROUP BY virtual_number, hour HAVING ${IS_OFF}`,
    [...bounds, ...bounds, ...bounds, ...bounds],
  );
  return off.map(({ virtualNumber, hour, ...sums }) => ({ accountId, virtualNumber, hour, sessionId: null, sums }));
}

/** The rows over all numbers, against those of the numbers. */
export async function surplusOfAccount(tx: Tx, accountId: string, from: number, to: number): Promise<Surplus[]> {
  const bounds = [accountId, from, to];
  const off = await ACCOUNT.read(
    tx,
    `FROM (
       SELECT hour, ${listed(KEPT)} FROM call_stat WHERE ${HOURS} AND virtual_number = '${ALL_NUMBERS}'
       UNION ALL SELECT hour, ${listed(LESS)} FROM call_stat WHERE ${HOURS} AND virtual_number <> '${ALL_NUMBERS}'
     ) d GROUP BY hour HAVING ${IS_OFF}`,
    [...bounds, ...bounds],
  );
  return off.map(({ hour, ...sums }) => ({ accountId, virtualNumber: ALL_NUMBERS, hour, sessionId: null, sums }));
}

/** The rows of sessions with ids after one and up to another, against the calls counted; openings are looked at elsewhere. */
export async function surplusOfSessions(tx: Tx, after: string, upTo: string): Promise<Surplus[]> {
  const where = 'session_id > ? AND session_id <= ?';
  const off = await SESSIONS.read(
    tx,
    `FROM (
       SELECT session_id, hour, account_id, virtual_number, ${listed(WITHOUT_OPENING)} FROM session_stat WHERE ${where}
       UNION ALL SELECT session_id, hour, account_id, virtual_number, ${listed(LESS_TALLY)} FROM call_tally WHERE ${where}
     ) d GROUP BY session_id, hour HAVING ${IS_OFF}`,
    [after, upTo, after, upTo],
  );
  return off.map(({ sessionId, hour, accountId, virtualNumber, ...sums }) => ({
    sessionId,
    hour,
    accountId,
    virtualNumber,
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
  return sessions.flatMap(({ id: sessionId, accountId, virtualNumber, createdAt, fee }) => {
    const kept = opened.filter((row) => row.sessionId === sessionId);
    const wanted = { hour: hourOf(createdAt), sessions: -1, fees: -fee };
    const byHour = new Map<number, { sessions: number; fees: number }>();
    for (const { hour, sessions: count, fees } of [...kept, wanted]) {
      const sum = byHour.get(hour) ?? { sessions: 0, fees: 0 };
      byHour.set(hour, { sessions: sum.sessions + count, fees: sum.fees + fees });
    }
    return [...byHour]
      .map(([hour, sums]) => ({ accountId, virtualNumber, sessionId, hour, sums: { ...NOTHING, ...sums } }))
      .filter(({ sums }) => !isNothing(sums));
  });
}
