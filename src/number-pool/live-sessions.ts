import type { EntityManager } from 'typeorm';
import type { Database, Tx } from '../platform/database/database.js';
import { exists, number, selection } from '../platform/database/rows.js';
import { NUMBER_USES, POOL_USES } from './pool-use.entity.js';
import { NUMBERS, type VirtualNumber } from './virtual-number.entity.js';

/** Up to so many live sessions are looked at when somebody asks: 10 ms on SQLite, 40 on MariaDB. Of more the figures are those of the last minute. */
const FEW = 10_000;

const POOL_KEY = ['accountId', 'subaccountId', 'country'] as const;
export type PoolKey = Pick<VirtualNumber, (typeof POOL_KEY)[number]>;

export interface LiveUse {
  sessions: number;
  /** Parties whose phone is known; a party stands here once for each of its sessions. */
  parties: number;
}

export interface PartyMaxima {
  /** ΔA: the most live sessions of one phone that is a first party. */
  maxSessionsFirst: number;
  /** ΔB: the most live sessions of one phone that is a second party. */
  maxSessionsSecond: number;
}

export type PoolMaxima = PoolKey & PartyMaxima;

/** What live sessions ask of the pool at an instant; null where that has never been taken. */
export interface PoolLoad {
  takenAt: number;
  uses: Map<number, LiveUse>;
  maxima: PoolMaxima[];
}

const SESSIONS_ON = selection({
  id: number('virtual_number_id'),
  sessions: number('COUNT(*)'),
  parties: number('COUNT(first_index)'),
});
const SECONDS_ON = selection({ id: number('virtual_number_id'), parties: number('COUNT(*)') });
const OF_ONE = selection({ sessions: number('COUNT(*)'), parties: number('COUNT(first_index) + COUNT(second_index)') });
const MAXIMA = selection({
  ...NUMBERS.pick(POOL_KEY, 'phones'),
  maxSessionsFirst: number('MAX(CASE WHEN is_first = 1 THEN sessions ELSE 0 END)'),
  maxSessionsSecond: number('MAX(CASE WHEN is_second = 1 THEN sessions ELSE 0 END)'),
});
const KEPT_USES = selection(NUMBER_USES.fields());
const KEPT_MAXIMA = selection(POOL_USES.fields());

/** Now where there are few live sessions, else as it was last taken. */
export async function poolLoad(manager: EntityManager, database: Database, now: number): Promise<PoolLoad | null> {
  return (await hasFew(manager, now)) ? takeLoad(manager, database, now) : keptLoad(manager);
}

export async function hasFew(manager: EntityManager, now: number): Promise<boolean> {
  const rest = `FROM masking_session WHERE status = 'active' AND expires_at > ? LIMIT 1 OFFSET ${FEW}`;
  return !(await exists(manager, rest, [now]));
}

/** Of one number, now. */
export async function liveUseOf(
  manager: EntityManager,
  { number: digits, accountId }: VirtualNumber,
  now: number,
): Promise<LiveUse> {
  const [use] = await OF_ONE.read(
    manager,
    'FROM masking_session WHERE virtual_number = ? AND account_id = ? AND expires_at > ?',
    [digits, accountId, now],
  );
  return use ?? { sessions: 0, parties: 0 };
}

/** Of some of an account's numbers together, now. */
export async function liveSessionsOn(manager: EntityManager, numbers: VirtualNumber[], now: number): Promise<number> {
  let sessions = 0;
  for (const one of numbers) sessions += (await liveUseOf(manager, one, now)).sessions;
  return sessions;
}

/**
 * Looks at all live sessions, in the indexes of their parties alone: a session lives until its expiry, which an earlier end sets to itself. At a million
 * this takes seconds (docs/performance.md, Lists), so it is for the background.
 */
export async function takeLoad(manager: EntityManager, database: Database, now: number): Promise<PoolLoad> {
  const [first, second] = [database.byIndex('masking_session_first'), database.byIndex('masking_session_second')];
  const uses = new Map<number, LiveUse>();
  const sessions = `FROM masking_session ${first} WHERE expires_at > ? GROUP BY virtual_number_id`;
  for (const { id, ...use } of await SESSIONS_ON.read(manager, sessions, [now])) uses.set(id, use);
  const seconds = `FROM masking_session ${second} WHERE second_index IS NOT NULL AND expires_at > ? GROUP BY virtual_number_id`;
  for (const { id, parties } of await SECONDS_ON.read(manager, seconds, [now])) {
    const use = uses.get(id);
    if (use) use.parties += parties;
  }
  const sides = `${side('first', first)} UNION ALL ${side('second', second)}`;
  const maxima = await MAXIMA.read(
    manager,
    `FROM (SELECT account_id, subaccount_id, country, party, COUNT(*) AS sessions, MAX(is_first) AS is_first, MAX(is_second) AS is_second
             FROM (${sides}) sides GROUP BY account_id, subaccount_id, country, party) phones
      GROUP BY account_id, subaccount_id, country`,
    [now, now],
  );
  return { takenAt: now, uses, maxima };
}

/**
 * The parties of live sessions on numbers that are not retired, one row per session. A party's phone blocks a number whichever side it is on, so its
 * sessions of both sides are counted together and the side only tells which maximum they belong to.
 */
function side(role: 'first' | 'second', index: string): string {
  return `SELECT v.account_id, v.subaccount_id, v.country, s.${role}_index AS party, ${Number(role === 'first')} AS is_first, ${Number(role === 'second')} AS is_second
    FROM masking_session s ${index} CROSS JOIN virtual_number v ON v.id = s.virtual_number_id
   WHERE s.${role}_index IS NOT NULL AND s.expires_at > ? AND v.status <> 'retired'`;
}

async function keptLoad(manager: EntityManager): Promise<PoolLoad | null> {
  const rows = await KEPT_USES.read(manager, 'FROM number_use');
  const [any] = rows;
  if (any === undefined) return null;
  const maxima = await KEPT_MAXIMA.read(manager, 'FROM pool_use');
  return {
    takenAt: any.takenAt,
    uses: new Map(rows.map(({ virtualNumberId, sessions, parties }) => [virtualNumberId, { sessions, parties }])),
    maxima: maxima.map((pool) => ({ ...pool, subaccountId: pool.subaccountId === '' ? null : pool.subaccountId })),
  };
}

/**
 * How many sessions live on a number, whose row is held, and will until the transaction ends. A renewal that began before its session's time was up may
 * be committed after it: so the sessions whose time is up and whose tick has not come are held, which waits for such renewals, and begins no other.
 */
export async function useUntilCommit(
  database: Database,
  tx: Tx,
  found: VirtualNumber,
  now: number,
): Promise<LiveUse> {
  if (!database.isSqlite) {
    const overdue = `FROM masking_session ${database.byIndex('masking_session_due')} WHERE status = 'active' AND expires_at <= ?`;
    await tx.query(`SELECT id ${overdue} AND virtual_number_id = ? ${database.forUpdate}`, [now, found.id]);
  }
  return liveUseOf(tx, found, now);
}
