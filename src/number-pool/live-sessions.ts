import type { EntityManager } from 'typeorm';
import type { Database, Tx } from '../platform/database/database.js';
import { writeHeld } from '../platform/database/held-rows.js';
import { exists, number, selection, text } from '../platform/database/rows.js';
import { NUMBER_USES, POOL_USES } from './pool-use.entity.js';
import { NUMBERS, type VirtualNumber } from './virtual-number.entity.js';

/**
 * Up to so many live sessions are looked at when somebody asks. Of more the figures are those of the last minute: 5,000 took 36 ms on SQLite and 113 on
 * MariaDB, and three times as long with four who asked at once.
 */
const FEW = 1_500;
/** Sessions of a span of parties, on either side. */
const SPAN = 5_000;
/** Greater than any index of a party. */
const AFTER_ALL = '~';

const POOL_KEY = ['accountId', 'subaccountId', 'country'] as const;
export type PoolKey = Pick<VirtualNumber, (typeof POOL_KEY)[number]>;

const ID = selection({ id: text('id') });

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

const ROWS_ON = selection({ id: number('virtual_number_id'), rows: number('COUNT(*)') });
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
  return (await hasFew(manager, now)) ? takeLoad((work) => work(manager), database, now) : keptLoad(manager);
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

/** Runs a read; where each stands alone, nobody waits for more than one of them. */
type Look = <T>(work: (manager: EntityManager) => Promise<T>) => Promise<T>;

/**
 * Looks at all live sessions, in the indexes of their parties alone, by some thousand parties at a time, all of whose sessions are then together. A session
 * lives until its expiry, which an earlier end sets to itself.
 */
export async function takeLoad(look: Look, database: Database, now: number): Promise<PoolLoad> {
  const [first, second] = [database.byIndex('masking_session_first'), database.byIndex('masking_session_second')];
  const load: PoolLoad = { takenAt: now, uses: new Map(), maxima: [] };
  const alone = `FROM masking_session ${first} WHERE first_index IS NULL AND expires_at > ? GROUP BY virtual_number_id`;
  addUses(load, await look((manager) => ROWS_ON.read(manager, alone, [now])), { sessions: 1, parties: 0 });
  for (let after: string | null = ''; after !== null;) {
    const from: string = after;
    after = await look((manager) => nextBound(manager, from));
    const span = [now, from, after ?? AFTER_ALL];
    for (const [role, index] of [
      ['first', first],
      ['second', second],
    ] as const) {
      const rest = `FROM masking_session ${index} WHERE expires_at > ? AND ${role}_index > ? AND ${role}_index <= ? GROUP BY virtual_number_id`;
      const rows = await look((manager) => ROWS_ON.read(manager, rest, span));
      addUses(load, rows, { sessions: role === 'first' ? 1 : 0, parties: 1 });
    }
    const sides = `${side('first', first)} UNION ALL ${side('second', second)}`;
    const maxima = await look((manager) =>
      MAXIMA.read(
        manager,
        `FROM (SELECT account_id, subaccount_id, country, party, COUNT(*) AS sessions, MAX(is_first) AS is_first, MAX(is_second) AS is_second
                 FROM (${sides}) sides GROUP BY account_id, subaccount_id, country, party) phones
          GROUP BY account_id, subaccount_id, country`,
        [...span, ...span],
      ),
    );
    addMaxima(load, maxima);
  }
  return load;
}

/** The last party of the next span; null where what is left is not more. */
async function nextBound(manager: EntityManager, after: string): Promise<string | null> {
  const bounds: string[] = [];
  for (const role of ['first', 'second']) {
    const [bound] = await selection({ party: text(`${role}_index`) }).read(
      manager,
      `FROM masking_session WHERE ${role}_index > ? ORDER BY ${role}_index LIMIT 1 OFFSET ${SPAN}`,
      [after],
    );
    if (bound) bounds.push(bound.party);
  }
  return bounds.length === 0 ? null : bounds.reduce((one, other) => (one < other ? one : other));
}

function addUses({ uses }: PoolLoad, rows: { id: number; rows: number }[], each: LiveUse): void {
  for (const { id, rows: found } of rows) {
    const use = uses.get(id) ?? { sessions: 0, parties: 0 };
    uses.set(id, { sessions: use.sessions + found * each.sessions, parties: use.parties + found * each.parties });
  }
}

function addMaxima(load: PoolLoad, more: PoolMaxima[]): void {
  for (const pool of more) {
    const known = load.maxima.find(
      ({ accountId, subaccountId, country }) =>
        accountId === pool.accountId && subaccountId === pool.subaccountId && country === pool.country,
    );
    if (!known) load.maxima.push(pool);
    else {
      known.maxSessionsFirst = Math.max(known.maxSessionsFirst, pool.maxSessionsFirst);
      known.maxSessionsSecond = Math.max(known.maxSessionsSecond, pool.maxSessionsSecond);
    }
  }
}

/**
 * The parties of live sessions on numbers that are not retired, one row per session. A party's phone blocks a number whichever side it is on, so its
 * sessions of both sides are counted together and the side only tells which maximum they belong to.
 */
function side(role: 'first' | 'second', index: string): string {
  return `SELECT v.account_id, v.subaccount_id, v.country, s.${role}_index AS party, ${Number(role === 'first')} AS is_first, ${Number(role === 'second')} AS is_second
    FROM masking_session s ${index} CROSS JOIN virtual_number v ON v.id = s.virtual_number_id
   WHERE s.expires_at > ? AND s.${role}_index > ? AND s.${role}_index <= ? AND v.status <> 'retired'`;
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
export async function useUntilCommit(database: Database, tx: Tx, found: VirtualNumber, now: number): Promise<LiveUse> {
  if (!database.isSqlite) {
    const overdue = `FROM masking_session ${database.byIndex('masking_session_due')} WHERE status = 'active' AND expires_at <= ?`;
    const held = await ID.read(tx, `${overdue} AND virtual_number_id = ? ${database.forUpdate}`, [now, found.id]);
    await writeHeld(
      tx,
      'masking_session',
      held.map(({ id }) => id),
    );
  }
  return liveUseOf(tx, found, now);
}
