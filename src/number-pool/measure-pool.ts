import type { EntityManager } from 'typeorm';
import type { Database } from '../platform/database/database.js';
import { number, selection, text } from '../platform/database/rows.js';
import { poolLoad, type PartyMaxima, type PoolKey, type PoolLoad } from './live-sessions.js';
import { NUMBERS } from './virtual-number.entity.js';

/** The numbers of one country that are lent to one account's sessions, or to one subaccount's. */
export interface MeasuredPool {
  account: string;
  subaccount: string | null;
  country: string;
  /** All but retired ones. */
  numbers: number;
  /** Those that take new sessions: active, led here by Plivo and not missing there. */
  available: number;
  /** Null, as the figures that follow from it, until they have been taken for the first time. */
  live_sessions: number | null;
  max_sessions_first: number | null;
  max_sessions_second: number | null;
  /** For the parties; PINs of customers' own and open sessions may need more (docs/call-behaviour.md, How many numbers). */
  numbers_needed: number | null;
  /** Below 0, sessions may be refused. */
  headroom: number | null;
}

export type Pool = Awaited<ReturnType<typeof readPools>>[number];

const POOL = 'account_id, subaccount_id, country';
const POOLS = selection({
  ...NUMBERS.pick(['accountId', 'subaccountId', 'country']),
  callingCode: text('MIN(calling_code)'),
  numbers: number('COUNT(*)'),
  available: number(
    "SUM(CASE WHEN status = 'active' AND is_elsewhere = 0 AND missing_since IS NULL THEN 1 ELSE 0 END)",
  ),
});
const IDS = selection(NUMBERS.pick(['id', 'accountId', 'subaccountId', 'country']));

const NOBODY: PartyMaxima = { maxSessionsFirst: 0, maxSessionsSecond: 0 };

/** Each pool and what its live sessions ask of it, as they were counted last, which was at `takenAt`; null where they never were. */
export async function measurePools(
  manager: EntityManager,
  database: Database,
  now: number,
  accountId?: string,
): Promise<{ pools: { pool: Pool; measured: MeasuredPool }[]; takenAt: number | null }> {
  const load = await poolLoad(manager, database, now);
  const pools = await readPools(manager, accountId);
  const sessions = load === null ? null : await sessionsByPool(manager, load);
  const maxima = new Map(load?.maxima.map((row) => [poolName(row), row]));
  return {
    pools: pools.map((pool) => ({
      pool,
      measured: figure(
        pool,
        sessions && (sessions.get(poolName(pool)) ?? 0),
        sessions && (maxima.get(poolName(pool)) ?? NOBODY),
      ),
    })),
    takenAt: load && load.takenAt,
  };
}

/**
 * With ΔA + ΔB − 1 numbers no session is refused: the pair's other sessions block at most (ΔA − 1) + (ΔB − 1) of them. One number carries
 * everything while each phone has a single session.
 */
export function numbersNeededFor({ maxSessionsFirst, maxSessionsSecond }: PartyMaxima): number {
  return Math.max(maxSessionsFirst, maxSessionsSecond, maxSessionsFirst + maxSessionsSecond - 1);
}

function figure(pool: Pool, liveSessions: number | null, maxima: PartyMaxima | null): MeasuredPool {
  const needed = maxima && numbersNeededFor(maxima);
  return {
    account: pool.accountId,
    subaccount: pool.subaccountId,
    country: pool.country,
    numbers: pool.numbers,
    available: pool.available,
    live_sessions: liveSessions,
    max_sessions_first: maxima && maxima.maxSessionsFirst,
    max_sessions_second: maxima && maxima.maxSessionsSecond,
    numbers_needed: needed,
    headroom: needed === null ? null : pool.available - needed,
  };
}

function poolName({ accountId, subaccountId, country }: PoolKey): string {
  return `${accountId}|${subaccountId ?? ''}|${country}`;
}

/** The main account's pool comes before those of its subaccounts. */
function readPools(manager: EntityManager, accountId: string | undefined) {
  return POOLS.read(
    manager,
    `FROM virtual_number WHERE status <> 'retired'${accountId === undefined ? '' : ' AND account_id = ?'}
      GROUP BY ${POOL} ORDER BY account_id, COALESCE(subaccount_id, ''), country`,
    accountId === undefined ? [] : [accountId],
  );
}

/** By where their numbers are now. */
async function sessionsByPool(manager: EntityManager, { uses }: PoolLoad): Promise<Map<string, number>> {
  const sums = new Map<string, number>();
  for (const { id, ...pool } of await IDS.read(manager, "FROM virtual_number WHERE status <> 'retired'")) {
    const name = poolName(pool);
    sums.set(name, (sums.get(name) ?? 0) + (uses.get(id)?.sessions ?? 0));
  }
  return sums;
}
