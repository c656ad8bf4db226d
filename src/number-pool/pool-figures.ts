import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock } from '../platform/clock.js';
import { Database } from '../platform/database/database.js';
import { liveSides, numbersNeededFor, type PartyMaxima } from './party-maxima.js';
import { PoolRefusals, type PoolRefusal } from './pool-refusals.js';

/** The numbers of one country that are lent to one account's sessions, or to one subaccount's. */
export interface PoolFigure {
  account: string;
  subaccount: string | null;
  country: string;
  /** All but retired ones. */
  numbers: number;
  /** Those that take new sessions: active and not missing at Plivo. */
  available: number;
  live_sessions: number;
  max_sessions_first: number;
  max_sessions_second: number;
  numbers_needed: number;
  /** Below 0, sessions may be refused. */
  headroom: number;
  /** Sessions refused since the beginning of the hour 24 h ago that a number of this country would have served. */
  refusals_24h: number;
}

interface PoolKey {
  account: string;
  subaccount: string | null;
  country: string;
}
type PoolRow = PoolKey & Record<'numbers' | 'available', number | string> & { calling_code: string };
type LoadRow = PoolKey & Record<'sessions', number | string>;
type MaximaRow = PoolKey & Record<'first' | 'second', number | string | null>;

const POOL = 'account_id, subaccount_id, country';
const POOL_KEY = 'account_id AS account, subaccount_id AS subaccount, country';

/** How large each pool is and how large its live sessions want it to be. Subaccounts' numbers are pools of their own: no other session gets them. */
@Injectable()
export class PoolFigures {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly refusals: PoolRefusals,
  ) {}

  async run({ accountId }: { accountId?: string }): Promise<PoolFigure[]> {
    const now = this.clock.now();
    await this.refusals.write();
    return this.database.read(async (manager) => {
      const pools = await readPools(manager, accountId);
      const sessions = new Map(
        (await readLoads(manager, now)).map((row) => [poolName(row), Number(row.sessions)] as const),
      );
      const refusals = await this.refusals.read(manager);
      const maxima = new Map((await readMaxima(manager, now)).map((row) => [poolName(row), row] as const));
      return pools.map((pool) => {
        const own = maxima.get(poolName(pool));
        return {
          ...figure(pool, sessions.get(poolName(pool)) ?? 0, {
            maxSessionsFirst: Number(own?.first ?? 0),
            maxSessionsSecond: Number(own?.second ?? 0),
          }),
          refusals_24h: refusalsOf(pool, refusals),
        };
      });
    });
  }
}

function refusalsOf({ account, subaccount, calling_code: code }: PoolRow, all: PoolRefusal[]): number {
  return all
    .filter(({ accountId, subaccountId }) => accountId === account && subaccountId === subaccount)
    .filter(({ callingCode }) => callingCode === null || callingCode === code)
    .reduce((sum, { refusals }) => sum + refusals, 0);
}

function figure(pool: PoolRow, liveSessions: number, maxima: PartyMaxima): Omit<PoolFigure, 'refusals_24h'> {
  const { account, subaccount, country } = pool;
  const needed = numbersNeededFor(maxima);
  const available = Number(pool.available);
  return {
    account,
    subaccount,
    country,
    numbers: Number(pool.numbers),
    available,
    live_sessions: liveSessions,
    max_sessions_first: maxima.maxSessionsFirst,
    max_sessions_second: maxima.maxSessionsSecond,
    numbers_needed: needed,
    headroom: available - needed,
  };
}

function poolName({ account, subaccount, country }: PoolKey): string {
  return `${account}|${subaccount ?? ''}|${country}`;
}

/** The main account's pool comes before those of its subaccounts. */
function readPools(manager: EntityManager, accountId: string | undefined): Promise<PoolRow[]> {
  return manager.query(
    `SELECT ${POOL_KEY}, COUNT(*) AS numbers, MIN(calling_code) AS calling_code,
            SUM(CASE WHEN status = 'active' AND missing_since IS NULL THEN 1 ELSE 0 END) AS available
       FROM virtual_number WHERE status <> 'retired'${accountId === undefined ? '' : ' AND account_id = ?'}
      GROUP BY ${POOL} ORDER BY account_id, COALESCE(subaccount_id, ''), country`,
    accountId === undefined ? [] : [accountId],
  );
}

function readLoads(manager: EntityManager, now: number): Promise<LoadRow[]> {
  return manager.query(
    `SELECT v.account_id AS account, v.subaccount_id AS subaccount, v.country, COUNT(*) AS sessions
       FROM masking_session s JOIN virtual_number v ON v.id = s.virtual_number_id + 0
      WHERE s.status = 'active' AND s.expires_at > ? AND v.status <> 'retired'
      GROUP BY v.account_id, v.subaccount_id, v.country`,
    [now],
  );
}

function readMaxima(manager: EntityManager, now: number): Promise<MaximaRow[]> {
  return manager.query(
    `SELECT ${POOL_KEY}, MAX(CASE WHEN is_first = 1 THEN sessions END) AS first,
            MAX(CASE WHEN is_second = 1 THEN sessions END) AS second
       FROM (SELECT ${POOL}, party, COUNT(*) AS sessions, MAX(is_first) AS is_first, MAX(is_second) AS is_second
               FROM (${liveSides}) sides GROUP BY ${POOL}, party) phones
      GROUP BY ${POOL}`,
    [now, now],
  );
}
