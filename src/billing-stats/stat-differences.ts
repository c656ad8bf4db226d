import type { Database, Tx } from '../platform/database/database.js';
import { addToNumber, addToSession, ALL_NUMBERS, minus, NOTHING, type StatPlace, type Sums } from './add-to-stats.js';

/** A roll-up row that is not the sum of what it was made of, and by how much it is too high. */
export type Surplus = StatPlace & { sums: Sums };

type Row = Record<string, string | number | null>;

const SUMS = ['calls', 'connected', 'talk_seconds', 'billed_seconds', 'amount', 'sessions', 'fees'];
const KEPT = SUMS.join(', ');
const LESS = SUMS.map((name) => `-${name}`).join(', ');
const LESS_TALLY = '-1, -is_connected, -talk_seconds, -billed_seconds, -(amount + own_amount), 0, 0';
const TOTALS = SUMS.map((name) => `SUM(${name}) AS ${name}`).join(', ');
const IS_OFF = SUMS.map((name) => `SUM(${name}) <> 0`).join(' OR ');
const HOURS = 'account_id = ? AND hour >= ? AND hour < ?';

// Each of these is one statement, so it sees one state of the database: what is counted meanwhile is on both sides or on neither.

/** The rows of numbers, against the calls counted and the sessions opened in their hours. */
export async function surplusOfNumbers(tx: Tx, accountId: string, from: number, to: number): Promise<Surplus[]> {
  const bounds = [accountId, from, to];
  const rows = (await tx.query(
    `SELECT virtual_number, hour, ${TOTALS} FROM (
       SELECT virtual_number, hour, ${KEPT} FROM call_stat WHERE ${HOURS} AND virtual_number <> '${ALL_NUMBERS}'
       UNION ALL SELECT virtual_number, hour, ${LESS_TALLY} FROM call_tally WHERE ${HOURS}
       UNION ALL SELECT virtual_number, hour, 0, 0, 0, 0, 0, -sessions, -fees FROM session_stat WHERE ${HOURS} AND sessions <> 0
     ) d GROUP BY virtual_number, hour HAVING ${IS_OFF}`,
    [...bounds, ...bounds, ...bounds],
  )) as Row[];
  return rows.map((row) => surplusOf(row, accountId));
}

/** The rows over all numbers, against those of the numbers. */
export async function surplusOfAccount(tx: Tx, accountId: string, from: number, to: number): Promise<Surplus[]> {
  const bounds = [accountId, from, to];
  const rows = (await tx.query(
    `SELECT '${ALL_NUMBERS}' AS virtual_number, hour, ${TOTALS} FROM (
       SELECT hour, ${KEPT} FROM call_stat WHERE ${HOURS} AND virtual_number = '${ALL_NUMBERS}'
       UNION ALL SELECT hour, ${LESS} FROM call_stat WHERE ${HOURS} AND virtual_number <> '${ALL_NUMBERS}'
     ) d GROUP BY hour HAVING ${IS_OFF}`,
    [...bounds, ...bounds],
  )) as Row[];
  return rows.map((row) => surplusOf(row, accountId));
}

/** The rows of sessions with ids after one and up to another, against the calls counted; openings are looked at elsewhere. */
export async function surplusOfSessions(tx: Tx, after: string, upTo: string): Promise<Surplus[]> {
  const where = 'session_id > ? AND session_id <= ?';
  const rows = (await tx.query(
    `SELECT session_id, hour, MAX(account_id) AS account_id, MAX(virtual_number) AS virtual_number, ${TOTALS} FROM (
       SELECT session_id, hour, account_id, virtual_number, calls, connected, talk_seconds, billed_seconds, amount, 0 AS sessions, 0 AS fees
         FROM session_stat WHERE ${where}
       UNION ALL SELECT session_id, hour, account_id, virtual_number, ${LESS_TALLY} FROM call_tally WHERE ${where}
     ) d GROUP BY session_id, hour HAVING ${IS_OFF}`,
    [after, upTo, after, upTo],
  )) as Row[];
  return rows.map((row) => surplusOf(row, String(row.account_id)));
}

/** Takes a surplus away: from a session's row, or from a number's. Sums commute, so what is counted meanwhile is not lost. */
export async function takeAway(tx: Tx, database: Database, { sums, ...place }: Surplus): Promise<void> {
  const less = minus(NOTHING, sums);
  if (place.sessionId === null) await addToNumber(tx, database, place, less);
  else await addToSession(tx, place, less);
}

function surplusOf(row: Row, accountId: string): Surplus {
  return {
    accountId,
    virtualNumber: String(row.virtual_number),
    hour: Number(row.hour),
    sessionId: (row.session_id ?? null) as string | null,
    sums: {
      calls: Number(row.calls),
      connected: Number(row.connected),
      talkSeconds: Number(row.talk_seconds),
      billedSeconds: Number(row.billed_seconds),
      amount: Number(row.amount),
      sessions: Number(row.sessions),
      fees: Number(row.fees),
    },
  };
}
