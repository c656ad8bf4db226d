import type { Tx } from '../platform/database/database.js';
import { marks, number, selection } from '../platform/database/rows.js';
import { isSamePerson } from '../telephony/identity.js';
import type { E164 } from '../telephony/phone.js';
import { IS_PIN } from './longest-pin.js';
import { NUMBERS } from './virtual-number.entity.js';

export interface NumberWish {
  accountId: string;
  /** Null: numbers linked to no subaccount. */
  subaccountId: string | null;
  /** Country calling code that the number must have; null where geomatch is off. */
  callingCode: string | null;
  /** One or two parties: keyed index, and the digits, because a party is never lent its own number, in no spelling. */
  parties: { index: string; number: string }[];
  pinIndexes: string[];
  /** An open session answers for every stranger on its number. */
  isOpen: boolean;
  now: number;
}

export interface ChosenNumber {
  id: number;
  number: string;
  /** Neither party has a row on this number yet, so both can be inserted at once. */
  isFresh: boolean;
}

const CHOSEN = selection({ ...NUMBERS.pick(['id', 'number'], 'part'), tier: number('part.tier') });

/** `rest` begins with FROM. */
type Conflict = { rest: string; parameters: unknown[] };
type Fragment = { sql: string; parameters: unknown[] };

/**
 * The order of choice, best first:
 * 1. the number this same pair had last: they may have it in their call lists;
 * 2. a number neither ever had, in pool order: first fit needs the fewest numbers (17 against 19 for random choice at 10 sessions a party,
 *    61 against 99 at 50);
 * 3. of the numbers one of them had before, the one free for longest.
 *
 * A session with PINs takes, after 1, of some numbers the one with the fewest live PINs, because a guess that is right on any of them reaches somebody;
 * of equal ones the order is as above. Where none of those fits it takes what others would.
 *
 * Plain reads: rows are not locked, because the primary key of number_assignment decides races. SKIP LOCKED here would report a small pool
 * exhausted while its numbers are merely being written to.
 */
export async function chooseNumber(tx: Tx, wish: NumberWish): Promise<ChosenNumber | null> {
  const own: string[] = [];
  for (;;) {
    const chosen = await bestOf(tx, wish, own);
    if (!chosen || !wish.parties.some((party) => isSamePerson(party.number as E164, chosen.number as E164)))
      return chosen;
    // Once for each further spelling of a party that is in the pool: next to never.
    own.push(chosen.number);
  }
}

async function bestOf(tx: Tx, wish: NumberWish, own: string[]): Promise<ChosenNumber | null> {
  const fits = fitting(wish, own);
  const taken = wish.pinIndexes.length > 0 ? strangerConflict(wish, 'n.id') : null;
  const parts = [taken ? fewestPins(wish, own, taken) : freshNumber(wish, fits)];
  if (wish.parties.length === 2) parts.unshift(numberOfSamePair(wish, fits));
  const first = (await pick(tx, parts)) ?? (taken ? await pick(tx, [freshNumber(wish, fits)]) : null);
  return first ?? (await pick(tx, [leastRecentlyUsed(wish, fits)]));
}

async function pick(tx: Tx, parts: Fragment[]): Promise<ChosenNumber | null> {
  const rows = await CHOSEN.read(
    tx,
    parts.map((part) => `FROM (${part.sql}) AS part`).join(' UNION ALL SELECT * '),
    parts.flatMap((part) => part.parameters),
  );
  const best = rows.sort((left, right) => left.tier - right.tier)[0];
  return best ? { id: best.id, number: best.number, isFresh: best.tier === 2 } : null;
}

function numberOfSamePair({ parties, now }: NumberWish, fits: Fragment): Fragment {
  return {
    sql: `SELECT n.id, n.number, 1 AS tier FROM number_assignment a
      JOIN number_assignment b ON b.virtual_number_id = a.virtual_number_id AND b.party_index = ? AND b.session_id = a.session_id
      JOIN virtual_number n ON n.id = a.virtual_number_id
      WHERE a.party_index = ? AND a.free_after <= ? AND b.free_after <= ? AND ${fits.sql}
      ORDER BY a.free_after DESC LIMIT 1`,
    parameters: [parties[1]?.index, parties[0]?.index, now, now, ...fits.parameters],
  };
}

function freshNumber({ parties }: NumberWish, fits: Fragment): Fragment {
  const unused = parties.map(
    () => 'NOT EXISTS (SELECT 1 FROM number_assignment x WHERE x.virtual_number_id = n.id AND x.party_index = ?)',
  );
  return {
    sql: `SELECT n.id, n.number, 2 AS tier FROM virtual_number n WHERE ${fits.sql} AND ${unused.join(' AND ')} ORDER BY n.id LIMIT 1`,
    parameters: [...fits.parameters, ...parties.map((party) => party.index)],
  };
}

function leastRecentlyUsed({ parties, now }: NumberWish, fits: Fragment): Fragment {
  return {
    sql: `SELECT n.id, n.number, 3 AS tier FROM (
        SELECT virtual_number_id, MAX(free_after) AS free_after FROM number_assignment
        WHERE party_index IN (${marks(parties)}) GROUP BY virtual_number_id
      ) used JOIN virtual_number n ON n.id = used.virtual_number_id
      WHERE used.free_after <= ? AND ${fits.sql} ORDER BY used.free_after, n.id LIMIT 1`,
    parameters: [...parties.map((party) => party.index), now, ...fits.parameters],
  };
}

/**
 * Numbers whose PINs are counted for one choice, by the index of the live ones: nothing is kept that could come to disagree. A larger pool is sampled,
 * because to count 100,000 PINs on 1,000 numbers took 30 ms each time, and the best of a few chosen by chance keeps the loads as level; see
 * docs/performance.md. It also keeps creates at the same moment from all choosing one number.
 */
const SAMPLE = 16;
/** Residues of the ids times anything are an order by chance. */
const PRIME = 65_521;

function fewestPins(wish: NumberWish, own: string[], taken: Conflict): Fragment {
  const { parties, now } = wish;
  const pool = lendable(wish, own);
  const order = 1 + Math.floor(Math.random() * (PRIME - 1));
  return {
    sql: `SELECT n.id, n.number, CASE WHEN used.free_after IS NULL THEN 2 ELSE 3 END AS tier FROM (
        SELECT n.id, n.number FROM virtual_number n WHERE ${pool.sql} ORDER BY (n.id * ?) % ${PRIME} LIMIT ${SAMPLE}
      ) n LEFT JOIN (
        SELECT virtual_number_id, MAX(free_after) AS free_after FROM number_assignment
        WHERE party_index IN (${marks(parties)}) GROUP BY virtual_number_id
      ) used ON used.virtual_number_id = n.id
      WHERE (used.free_after IS NULL OR used.free_after <= ?) AND NOT EXISTS (SELECT 1 ${taken.rest})
      ORDER BY (SELECT COUNT(*) FROM pin_assignment p WHERE p.virtual_number_id = n.id AND p.free_after > ? AND ${IS_PIN}),
        tier, used.free_after, n.id LIMIT 1`,
    parameters: [...pool.parameters, order, ...parties.map((party) => party.index), now, ...taken.parameters, now],
  };
}

/** What a number must be for a session, whoever is on it. `own`: numbers of the pool that have turned out to be a party. */
export function lendable(wish: NumberWish, own: string[]): Fragment {
  const conditions = ["n.account_id = ? AND n.status = 'active' AND n.is_elsewhere = 0 AND n.missing_since IS NULL"];
  const parameters: unknown[] = [wish.accountId];
  if (wish.subaccountId === null) conditions.push('n.subaccount_id IS NULL');
  else {
    conditions.push('n.subaccount_id = ?');
    parameters.push(wish.subaccountId);
  }
  if (wish.callingCode !== null) {
    conditions.push('n.calling_code = ?');
    parameters.push(wish.callingCode);
  }
  const notTheirs = [...wish.parties.map((party) => party.number), ...own];
  conditions.push(`n.number NOT IN (${marks(notTheirs)})`);
  parameters.push(...notTheirs);
  return { sql: conditions.join(' AND '), parameters };
}

/** As `lendable`, and without anybody there who answers for strangers in this session's way. */
function fitting(wish: NumberWish, own: string[]): Fragment {
  const pool = lendable(wish, own);
  const strangers = strangerConflict(wish, 'n.id');
  if (strangers === null) return pool;
  return {
    sql: `${pool.sql} AND NOT EXISTS (SELECT 1 ${strangers.rest})`,
    parameters: [...pool.parameters, ...strangers.parameters],
  };
}

/**
 * Finds who already answers for strangers on a number in a way that excludes this session: an open session excludes every other open or
 * PIN session, a PIN session the open one and those with one of its PINs. Null for sessions that claim no strangers.
 */
export function strangerConflict(wish: NumberWish, numberId: string): Conflict | null {
  if (!wish.isOpen && wish.pinIndexes.length === 0) return null;
  const base = `FROM pin_assignment p WHERE p.virtual_number_id = ${numberId} AND p.free_after > ?`;
  if (wish.isOpen) return { rest: `${base} AND p.pin_index < '~'`, parameters: [wish.now] };
  const claimed = ['*', ...wish.pinIndexes];
  return {
    rest: `${base} AND p.pin_index IN (${marks(claimed)})`,
    parameters: [wish.now, ...claimed],
  };
}
