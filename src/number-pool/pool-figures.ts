import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock } from '../platform/clock.js';
import { Database } from '../platform/database/database.js';
import { number, selection, text } from '../platform/database/rows.js';
import { PoolRefusals, type PoolRefusal } from './pool-refusals.js';
import { NUMBERS, type VirtualNumber } from './virtual-number.entity.js';

/** The numbers of one country that are lent to one account's sessions, or to one subaccount's. */
export interface PoolFigure {
  account: string;
  subaccount: string | null;
  country: string;
  /** All but retired ones. */
  numbers: number;
  /** Those that take new sessions: active, led here by Plivo and not missing there. */
  available: number;
  live_sessions: number;
  max_sessions_first: number;
  max_sessions_second: number;
  /** For the parties; PINs of customers' own and open sessions may need more (docs/call-behaviour.md, How many numbers). */
  numbers_needed: number;
  /** Below 0, sessions may be refused. */
  headroom: number;
  /** Sessions refused since the beginning of the hour 24 h ago that a number of this country would have served. */
  refusals_24h: number;
}

export interface PartyMaxima {
  /** ΔA: the most live sessions of one phone that is a first party. */
  maxSessionsFirst: number;
  /** ΔB: the most live sessions of one phone that is a second party. */
  maxSessionsSecond: number;
}

const KEY = ['accountId', 'subaccountId', 'country'] as const;
type PoolKey = Pick<VirtualNumber, (typeof KEY)[number]>;
type Pool = Awaited<ReturnType<typeof readPools>>[number];

const POOL = 'account_id, subaccount_id, country';
const POOLS = selection({
  ...NUMBERS.pick(KEY),
  callingCode: text('MIN(calling_code)'),
  numbers: number('COUNT(*)'),
  available: number(
    "SUM(CASE WHEN status = 'active' AND is_elsewhere = 0 AND missing_since IS NULL THEN 1 ELSE 0 END)",
  ),
});
const LOADS = selection({ ...NUMBERS.pick(KEY, 'v'), sessions: number('COUNT(*)') });
const MAXIMA = selection({
  ...NUMBERS.pick(KEY, 'phones'),
  maxSessionsFirst: number('MAX(CASE WHEN is_first = 1 THEN sessions ELSE 0 END)'),
  maxSessionsSecond: number('MAX(CASE WHEN is_second = 1 THEN sessions ELSE 0 END)'),
});

const NOBODY: PartyMaxima = { maxSessionsFirst: 0, maxSessionsSecond: 0 };

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
    return this.database.browse(async (manager) => {
      const pools = await readPools(manager, accountId);
      const sessions = new Map((await readLoads(manager, now)).map((row) => [poolName(row), row.sessions]));
      const refusals = await this.refusals.read(manager);
      const maxima = new Map((await readMaxima(manager, now)).map((row) => [poolName(row), row]));
      return pools.map((pool) => ({
        ...figure(pool, sessions.get(poolName(pool)) ?? 0, maxima.get(poolName(pool)) ?? NOBODY),
        refusals_24h: refusalsOf(pool, refusals),
      }));
    });
  }
}

/**
 * With ΔA + ΔB − 1 numbers no session is refused: the pair's other sessions block at most (ΔA − 1) + (ΔB − 1) of them. One number carries
 * everything while each phone has a single session.
 */
export function numbersNeededFor({ maxSessionsFirst, maxSessionsSecond }: PartyMaxima): number {
  return Math.max(maxSessionsFirst, maxSessionsSecond, maxSessionsFirst + maxSessionsSecond - 1);
}

function refusalsOf(pool: Pool, all: PoolRefusal[]): number {
  return all
    .filter(({ accountId, subaccountId }) => accountId === pool.accountId && subaccountId === pool.subaccountId)
    .filter(({ callingCode }) => callingCode === null || callingCode === pool.callingCode)
    .reduce((sum, { refusals }) => sum + refusals, 0);
}

function figure(pool: Pool, liveSessions: number, maxima: PartyMaxima): Omit<PoolFigure, 'refusals_24h'> {
  const needed = numbersNeededFor(maxima);
  return {
    account: pool.accountId,
    subaccount: pool.subaccountId,
    country: pool.country,
    numbers: pool.numbers,
    available: pool.available,
    live_sessions: liveSessions,
    max_sessions_first: maxima.maxSessionsFirst,
    max_sessions_second: maxima.maxSessionsSecond,
    numbers_needed: needed,
    headroom: pool.available - needed,
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

function readLoads(manager: EntityManager, now: number) {
  return LOADS.read(
    manager,
    `FROM masking_session s JOIN virtual_number v ON v.id = s.virtual_number_id + 0
      WHERE s.status = 'active' AND s.expires_at > ? AND v.status <> 'retired'
      GROUP BY v.account_id, v.subaccount_id, v.country`,
    [now],
  );
}

function readMaxima(manager: EntityManager, now: number) {
  return MAXIMA.read(
    manager,
    `FROM (SELECT ${POOL}, party, COUNT(*) AS sessions, MAX(is_first) AS is_first, MAX(is_second) AS is_second
             FROM (${LIVE_SIDES}) sides GROUP BY ${POOL}, party) phones
      GROUP BY ${POOL}`,
    [now, now],
  );
}

/**
 * The parties of live sessions on numbers that are not retired, one row per session and side. A party's phone blocks a number whichever side
 * it is on, so its sessions of both sides are counted together and the side only tells which maximum they belong to.
 * For the `+ 0` see `liveUse`.
 */
const LIVE_SIDES = `
  SELECT v.account_id, v.subaccount_id, v.country, s.first_index AS party, 1 AS is_first, 0 AS is_second
    FROM masking_session s JOIN virtual_number v ON v.id = s.virtual_number_id + 0
   WHERE s.status = 'active' AND s.expires_at > ? AND v.status <> 'retired' AND s.first_index IS NOT NULL
  UNION ALL
  SELECT v.account_id, v.subaccount_id, v.country, s.second_index AS party, 0 AS is_first, 1 AS is_second
    FROM masking_session s JOIN virtual_number v ON v.id = s.virtual_number_id + 0
   WHERE s.status = 'active' AND s.expires_at > ? AND v.status <> 'retired' AND s.second_index IS NOT NULL`;
