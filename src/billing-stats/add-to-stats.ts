import { change, type Database, type Tx } from '../platform/database/database.js';
import { updateOrInsert } from '../platform/database/key-races.js';
import { CALL_STATS, SESSION_STATS } from './stat.entity.js';
import { ALL_NUMBERS, SUM_COLUMNS, SUM_NAMES, type StatPlace, type Sums } from './sums.js';

const ADDED = SUM_COLUMNS.map((column) => `${column} = ${column} + ?`).join(', ');

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
  const insert = () => SESSION_STATS.insert(tx, { sessionId, hour, accountId, virtualNumber, ...sums });
  if (isNew) return insert();
  await updateOrInsert(
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
  const shard = database.isSqlite ? 0 : Math.floor(Math.random() * shards);
  await updateOrInsert(
    () =>
      change(
        tx,
        `UPDATE call_stat SET ${ADDED} WHERE account_id = ? AND virtual_number = ? AND hour = ? AND shard = ?`,
        [...valuesOf(sums), accountId, virtualNumber, hour, shard],
      ),
    () => CALL_STATS.insert(tx, { accountId, virtualNumber, hour, shard, ...sums }),
  );
}

function valuesOf(sums: Sums): number[] {
  return SUM_NAMES.map((name) => sums[name]);
}
