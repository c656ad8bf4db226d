import { Additions } from '../platform/database/additions.js';
import { late, type Database, type Tx } from '../platform/database/database.js';
import { isOnCluster } from '../platform/database/held-rows.js';
import { CALL_STATS, SESSION_STATS } from './stat.entity.js';
import { ALL_NUMBERS, CALL_SUM_NAMES, SUM_NAMES, TEXT_SUM_NAMES, type StatPlace, type Sums } from './sums.js';

/**
 * Rows that many transactions add to at once are several, of which each takes any: it would otherwise wait for the commit of the one before. A
 * reader sums them up. SQLite has one writer anyway.
 */
const ACCOUNT_SHARDS = 8;
const NUMBER_SHARDS = 2;
/** Two nodes of a cluster that add to one row do not wait for each other: one of them runs again. So there each process mostly has shards of its own. */
const SHARDS_OF_THIS_PROCESS = Math.floor(Math.random() * 32) * ACCOUNT_SHARDS;

/** Who adds a call says nothing of texts, whose columns stand at 0 by themselves: six values less on the way of every call. */
const toNumber = (sums: readonly (keyof Sums)[]) =>
  new Additions(CALL_STATS, ['accountId', 'virtualNumber', 'quarter', 'direction', 'subaccountId', 'shard'], sums);
const toSession = (sums: readonly (keyof Sums)[]) =>
  new Additions(SESSION_STATS, ['sessionId', 'quarter', 'direction'], sums, [
    'accountId',
    'virtualNumber',
    'subaccountId',
  ]);
const OF_CALLS = { toNumber: toNumber(CALL_SUM_NAMES), toSession: toSession(CALL_SUM_NAMES) };
const OF_TEXTS = { toNumber: toNumber(SUM_NAMES), toSession: toSession(SUM_NAMES) };

/**
 * Adds to the rows of session, number and account, always in this order and last in a transaction: the account's row is the one that all its
 * calls of the moment meet at, and is held until the commit only.
 */
export async function addToStats(tx: Tx, database: Database, place: StatPlace, sums: Sums): Promise<void> {
  await addToSession(tx, database, place, sums);
  await addToNumber(tx, database, place, sums);
  await addToNumber(tx, database, { ...place, virtualNumber: ALL_NUMBERS }, sums);
}

export async function addToSession(
  tx: Tx,
  database: Database,
  { sessionId, quarter, direction, accountId, virtualNumber, subaccountId }: StatPlace,
  sums: Sums,
): Promise<void> {
  if (sessionId === null) return;
  const place = { sessionId, quarter, direction, accountId, virtualNumber, subaccountId };
  await kindOf(sums).toSession.add(late(tx), database, { ...place, ...sums });
}

export async function addToNumber(
  tx: Tx,
  database: Database,
  { accountId, virtualNumber, quarter, direction, subaccountId }: Omit<StatPlace, 'sessionId'>,
  sums: Sums,
): Promise<void> {
  const shards = virtualNumber === ALL_NUMBERS ? ACCOUNT_SHARDS : NUMBER_SHARDS;
  const from = isOnCluster(tx) ? SHARDS_OF_THIS_PROCESS : 0;
  const shard = database.isSqlite ? 0 : from + Math.floor(Math.random() * shards);
  const place = { accountId, virtualNumber, quarter, direction, subaccountId, shard };
  await kindOf(sums).toNumber.add(late(tx), database, { ...place, ...sums });
}

function kindOf(sums: Sums): typeof OF_CALLS {
  return TEXT_SUM_NAMES.some((name) => sums[name] !== 0) ? OF_TEXTS : OF_CALLS;
}
