import { setTimeout as delay } from 'node:timers/promises';
import type { Crypto, SealedPlace } from '../crypto/crypto.js';
import type { SealedTable } from '../crypto/sealed-columns.js';
import { change, type Database, type Tx } from '../database/database.js';
import { exists } from '../database/rows.js';

/** Found at once by somebody who only looks. */
const FOUND = 256;
/** Written in one transaction: a few milliseconds, of which others wait for as many at the most. */
const AT_ONCE = 16;
/** Of the time, a third at the most is taken. */
const PAUSE_FOR_EACH_MS = 2;
const LEAST_PAUSE_MS = 2;

export interface Resealed {
  sealed: number;
  /** Rows that others held or changed at that moment. */
  missed: number;
  /** Values that none of our keys opens. */
  unreadable: number;
}

export interface Resealing {
  database: Database;
  crypto: Crypto;
  signal: AbortSignal;
  /** Called after each transaction with how many values it has sealed. */
  tell: (sealed: number) => void;
}

type Key = string | number;
interface Found {
  key: Key[];
  account: string | null;
  row: string;
  values: (string | null)[];
}
interface Fresh {
  key: Key[];
  columns: string[];
  before: string[];
  after: string[];
}

/**
 * Seals anew what other keys than the first have sealed in one table. What is left to do is told by the rows themselves, so that a run that was killed is taken
 * up by the next. A row is written only if it is as it was read. It waits for no lock: rows that somebody holds are passed over, so that it can be in no deadlock, and
 * who wants one of ours waits for sixteen of them at the most.
 */
export async function resealTable(
  sealedTable: SealedTable & { table: string },
  { database, crypto, signal, tell }: Resealing,
): Promise<Resealed> {
  const total: Resealed = { sealed: 0, missed: 0, unreadable: 0 };
  let after: Key[] | null = null;
  while (!signal.aborted) {
    const found: Found[] = await staleRows(database, sealedTable, { sealingKeyId: crypto.sealingKeyId, after });
    const fresh = found.flatMap((row) => resealed(sealedTable, row, crypto));
    total.unreadable += staleValues(found, crypto) - fresh.reduce((sum, { after: { length } }) => sum + length, 0);
    for (let start = 0; start < fresh.length && !signal.aborted; start += AT_ONCE) {
      const begunAt = performance.now();
      const batch = fresh.slice(start, start + AT_ONCE);
      const { sealed, missed } = await database.transaction((tx) => write(tx, database, { ...sealedTable, batch }));
      total.sealed += sealed;
      total.missed += missed;
      tell(sealed);
      await delay(Math.max(LEAST_PAUSE_MS, (performance.now() - begunAt) * PAUSE_FOR_EACH_MS));
    }
    after = found.at(-1)?.key ?? null;
    if (found.length < FOUND) break;
  }
  return total;
}

async function staleRows(
  database: Database,
  { table, key, row = key, account, columns }: SealedTable & { table: string },
  { sealingKeyId, after }: { sealingKeyId: number; after: Key[] | null },
): Promise<Found[]> {
  const named = (list: readonly string[], as: string): string[] =>
    list.map((column, place) => `t.\`${column}\` AS ${as}${place}`);
  const list = [...named(key, 'k'), ...named(row, 'r'), ...named(columns, 'c'), `${account} AS account`];
  const stale = columns.map((column) => `(t.\`${column}\` <> '' AND t.\`${column}\` NOT LIKE '${sealingKeyId}.%')`);
  const [first, second] = key;
  const isBehind = second
    ? `t.\`${first}\` >= ? AND (t.\`${first}\` > ? OR t.\`${second}\` > ?)`
    : `t.\`${first}\` > ?`;
  const place = after === null ? [] : second ? [after[0], ...after] : after;
  const rows = await database.browse((manager) =>
    manager.query<Record<string, string | number | null>[]>(
      `SELECT ${list.join(', ')} FROM ${table} t ${database.byPrimaryKey}
       WHERE (${stale.join(' OR ')}) ${after === null ? '' : `AND ${isBehind}`}
       ORDER BY ${key.map((column) => `t.\`${column}\``).join(', ')} LIMIT ${FOUND}`,
      place,
    ),
  );
  return rows.map((found) => ({
    key: key.map((_, at) => found[`k${at}`] as Key),
    row: row.map((_, at) => String(found[`r${at}`])).join('/'),
    account: found['account'] as string | null,
    values: columns.map((_, at) => found[`c${at}`] as string | null),
  }));
}

function isStale(value: string | null, crypto: Crypto): value is string {
  return value !== null && value !== '' && !value.startsWith(`${crypto.sealingKeyId}.`);
}

function staleValues(found: readonly Found[], crypto: Crypto): number {
  return found.reduce((sum, { values }) => sum + values.filter((value) => isStale(value, crypto)).length, 0);
}

/** What cannot be opened stays as it is: no key of ours is of use to it. */
function resealed(
  { table, columns }: SealedTable & { table: string },
  { key, row, account, values }: Found,
  crypto: Crypto,
): Fresh[] {
  const fresh: Fresh = { key, columns: [], before: [], after: [] };
  columns.forEach((column, at) => {
    const before = values[at] ?? null;
    if (!isStale(before, crypto) || account === null) return;
    const place: SealedPlace = { column: `${table}.${column}` as SealedPlace['column'], row, account };
    try {
      fresh.after.push(crypto.seal(place, crypto.open(place, before)));
    } catch {
      return;
    }
    fresh.columns.push(column);
    fresh.before.push(before);
  });
  return fresh.columns.length > 0 ? [fresh] : [];
}

async function write(
  tx: Tx,
  database: Database,
  { table, key, batch }: { table: string; key: readonly string[]; batch: readonly Fresh[] },
): Promise<{ sealed: number; missed: number }> {
  const isIt = key.map((column) => `\`${column}\` = ?`).join(' AND ');
  let [sealed, missed] = [0, 0];
  for (const row of batch) {
    const isFree =
      database.isSqlite || (await exists(tx, `FROM ${table} WHERE ${isIt} ${database.forUpdateSkipLocked}`, row.key));
    const [set, isAsRead] = [', ', ' AND '].map((between) =>
      row.columns.map((column) => `\`${column}\` = ?`).join(between),
    );
    const written = isFree
      ? await change(tx, `UPDATE ${table} SET ${set} WHERE ${isIt} AND ${isAsRead}`, [
          ...row.after,
          ...row.key,
          ...row.before,
        ])
      : 0;
    if (written > 0) sealed += row.columns.length;
    else missed += 1;
  }
  return { sealed, missed };
}
