import { change, type Database, isDuplicate, type Tx } from '../platform/database/database.js';

/** What every roll-up row sums up. */
export interface Sums {
  calls: number;
  connected: number;
  talkSeconds: number;
  billedSeconds: number;
  /** Of calls, own prices included; micro-units. */
  amount: number;
  /** Sessions opened. */
  sessions: number;
  /** For opening them; micro-units. */
  fees: number;
}

/** Where something counts. */
export interface StatPlace {
  accountId: string;
  hour: number;
  virtualNumber: string;
  sessionId: string | null;
}

export const NOTHING: Sums = {
  calls: 0,
  connected: 0,
  talkSeconds: 0,
  billedSeconds: 0,
  amount: 0,
  sessions: 0,
  fees: 0,
};
/** The number under which an account's hour is summed up over all numbers. */
export const ALL_NUMBERS = '';

const HOUR_MS = 3_600_000;
const COLUMNS = 'calls, connected, talk_seconds, billed_seconds, amount, sessions, fees';
const ADDED =
  'calls = calls + ?, connected = connected + ?, talk_seconds = talk_seconds + ?, billed_seconds = billed_seconds + ?, amount = amount + ?, sessions = sessions + ?, fees = fees + ?';

export function hourOf(instant: number): number {
  return instant - (instant % HOUR_MS);
}

/** The difference that turns one into the other. */
export function minus(left: Sums, right: Sums): Sums {
  return {
    calls: left.calls - right.calls,
    connected: left.connected - right.connected,
    talkSeconds: left.talkSeconds - right.talkSeconds,
    billedSeconds: left.billedSeconds - right.billedSeconds,
    amount: left.amount - right.amount,
    sessions: left.sessions - right.sessions,
    fees: left.fees - right.fees,
  };
}

export function isNothing(sums: Sums): boolean {
  return valuesOf(sums).every((value) => value === 0);
}

/**
 * Rows that many transactions add to at once are several, of which each takes any: it would otherwise wait for the commit of the one before. A
 * reader sums them up. SQLite has one writer anyway.
 */
const ACCOUNT_SHARDS = 8;
const NUMBER_SHARDS = 2;

/**
 * Adds to the rows of session, number and account, always in this order and last in a transaction: the account's row is the one that all its
 * calls of the hour meet at, and is held until the commit only.
 */
export async function addToStats(
  tx: Tx,
  database: Database,
  place: StatPlace,
  sums: Sums,
  { isNewSession = false } = {},
): Promise<void> {
  if (isNothing(sums)) return;
  await addToSession(tx, place, sums, isNewSession);
  await addToNumber(tx, database, place, sums);
  await addToNumber(tx, database, { ...place, virtualNumber: ALL_NUMBERS }, sums);
}

export async function addToSession(
  tx: Tx,
  { sessionId, hour, accountId, virtualNumber }: StatPlace,
  sums: Sums,
  isNew = false,
): Promise<void> {
  if (sessionId === null) return;
  const insert = () =>
    tx.query(
      `INSERT INTO session_stat (session_id, hour, account_id, virtual_number, ${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [sessionId, hour, accountId, virtualNumber, ...valuesOf(sums)],
    );
  if (isNew) return void (await insert());
  await add(
    () =>
      change(tx, `UPDATE session_stat SET ${ADDED} WHERE session_id = ? AND hour = ?`, [
        ...valuesOf(sums),
        sessionId,
        hour,
      ]),
    insert,
  );
}

export async function addToNumber(
  tx: Tx,
  database: Database,
  { accountId, virtualNumber, hour }: Omit<StatPlace, 'sessionId'>,
  sums: Sums,
): Promise<void> {
  const shards = virtualNumber === ALL_NUMBERS ? ACCOUNT_SHARDS : NUMBER_SHARDS;
  const key = [accountId, virtualNumber, hour, database.isSqlite ? 0 : Math.floor(Math.random() * shards)];
  await add(
    () =>
      change(
        tx,
        `UPDATE call_stat SET ${ADDED} WHERE account_id = ? AND virtual_number = ? AND hour = ? AND shard = ?`,
        [...valuesOf(sums), ...key],
      ),
    () =>
      tx.query(
        `INSERT INTO call_stat (account_id, virtual_number, hour, shard, ${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        [...key, ...valuesOf(sums)],
      ),
  );
}

/** The row is there but for once an hour; who loses the race to make it finds it. */
async function add(update: () => Promise<number>, insert: () => Promise<unknown>): Promise<void> {
  if ((await update()) > 0) return;
  try {
    await insert();
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    await update();
  }
}

function valuesOf(sums: Sums): number[] {
  return [sums.calls, sums.connected, sums.talkSeconds, sums.billedSeconds, sums.amount, sums.sessions, sums.fees];
}
