import type { Tx } from '../platform/database/database.js';
import { marks, number, selection } from '../platform/database/rows.js';
import { isSamePerson } from '../telephony/identity.js';
import type { E164 } from '../telephony/phone.js';
import { fewestPins } from './fewest-pins.js';
import { BY_KEY } from './longest-pin.js';
import { lendable, type ChosenNumber, type Fragment, type NumberWish } from './number-wish.js';
import { NUMBERS } from './virtual-number.entity.js';

const CHOSEN = selection({
  ...NUMBERS.pick(['id', 'number'], 'part'),
  tier: number('part.tier'),
  freeAfter: number('part.free_after'),
});

/** How many numbers, or places of a party, are looked at for one choice, so that a long history costs no more than a short one. */
const LOOKED_AT = 16;

/**
 * The order of choice, best first:
 * 1. the number this same pair had last: they may have it in their call lists;
 * 2. a number neither ever had, in pool order behind those that they had last: first fit needs the fewest numbers (17 against 19 for random choice at 10
 *    sessions a party, 61 against 99 at 50);
 * 3. of the numbers one of them had before, the one free for longest;
 * 4. any other that neither ever had.
 *
 * Where countries share a calling code, 2 and 3 are first tried with the numbers of the first party's own: a number of its country is one that it knows.
 *
 * A session with PINs takes, after 1, of some numbers the one with the fewest live PINs, because a guess that is right on any of them reaches
 * somebody; of equal ones the order is as above. Where none of those fits it takes what others would.
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
  const { country, ...anywhere } = wish;
  const pair = wish.parties.length === 2 ? numberOfSamePair(wish, fitting(anywhere, own)) : [];
  if (country === undefined) return firstFit(tx, wish, own, pair);
  return (await firstFit(tx, wish, own, pair)) ?? firstFit(tx, anywhere, own, []);
}

async function firstFit(tx: Tx, wish: NumberWish, own: string[], pair: Fragment[]): Promise<ChosenNumber | null> {
  const fits = fitting(wish, own);
  if (wish.pinIndexes.length > 0) {
    const spread = (pair.length > 0 ? await pick(tx, pair) : null) ?? (await fewestPins(tx, wish, own));
    if (spread) return spread;
  }
  const first = await pick(tx, [...pair, freshNumber(wish, fits)]);
  return first ?? (await pick(tx, leastRecentlyUsed(wish, fits))) ?? pick(tx, [anyFreshNumber(wish, fits)]);
}

async function pick(tx: Tx, parts: Fragment[]): Promise<ChosenNumber | null> {
  const rows = await CHOSEN.read(
    tx,
    parts.map((part) => `FROM (${part.sql}) AS part`).join(' UNION ALL SELECT * '),
    parts.flatMap((part) => part.parameters),
  );
  const best = rows.sort(
    (left, right) => left.tier - right.tier || left.freeAfter - right.freeAfter || left.id - right.id,
  )[0];
  return best ? { id: best.id, number: best.number, isFresh: best.tier === 2 } : null;
}

/**
 * Looked for among the numbers that the second party had last, and among the first party's only where the second has had more than are looked at: one of
 * the two has mostly had few, and who has had thousands is not held up by them. The two searches without that condition cost a create 50 us more.
 */
function numberOfSamePair({ parties, now }: NumberWish, fits: Fragment): Fragment[] {
  const [first, second] = parties.map((party) => party.index);
  const sql = (condition: string): string => `SELECT n.id, n.number, 1 AS tier, -a.free_after AS free_after FROM (
      SELECT virtual_number_id, session_id, free_after FROM number_assignment
      WHERE party_index = ? AND free_after <= ? ${condition} ORDER BY free_after DESC LIMIT ${LOOKED_AT}
    ) a JOIN number_assignment b ON b.virtual_number_id = a.virtual_number_id AND b.party_index = ? AND b.session_id = a.session_id
    JOIN virtual_number n ON n.id = a.virtual_number_id
    WHERE b.free_after <= ? AND ${fits.sql} ORDER BY a.free_after DESC LIMIT 1`;
  const hasMore = `AND EXISTS (SELECT 1 FROM number_assignment WHERE party_index = ? AND free_after <= ? LIMIT 1 OFFSET ${LOOKED_AT})`;
  return [
    { sql: sql(''), parameters: [second, now, first, now, ...fits.parameters] },
    { sql: sql(hasMore), parameters: [first, now, second, now, second, now, ...fits.parameters] },
  ];
}

/**
 * Behind the numbers that the two had last, because a party's numbers are lent in pool order: what comes before those it mostly had. To go through a pool
 * of 1,000 for a driver who has had all of it took 50 times as long as for a new one.
 */
function freshNumber(wish: NumberWish, fits: Fragment): Fragment {
  const last = `SELECT (SELECT virtual_number_id FROM number_assignment WHERE party_index = ? ORDER BY free_after DESC LIMIT 1) AS id`;
  // One condition: of two SQLite takes the first for its index, and walks to the second.
  const behind = `n.id > COALESCE((SELECT MAX(had.id) FROM (${wish.parties.map(() => last).join(' UNION ALL ')}) had), 0)`;
  const indexes = wish.parties.map((party) => party.index);
  return {
    sql: `SELECT n.id, n.number, 2 AS tier, 0 AS free_after FROM (
        SELECT n.id, n.number FROM virtual_number n WHERE ${fits.sql} AND ${behind} ORDER BY n.id LIMIT ${LOOKED_AT}
      ) n WHERE ${unusedBy(wish)} ORDER BY n.id LIMIT 1`,
    parameters: [...fits.parameters, ...indexes, ...indexes],
  };
}

/** Wherever it is: when there is no other. */
function anyFreshNumber(wish: NumberWish, fits: Fragment): Fragment {
  return {
    sql: `SELECT n.id, n.number, 2 AS tier, 0 AS free_after FROM virtual_number n WHERE ${fits.sql} AND ${unusedBy(wish)} ORDER BY n.id LIMIT 1`,
    parameters: [...fits.parameters, ...wish.parties.map((party) => party.index)],
  };
}

function unusedBy({ parties }: NumberWish): string {
  return parties
    .map(() => 'NOT EXISTS (SELECT 1 FROM number_assignment x WHERE x.virtual_number_id = n.id AND x.party_index = ?)')
    .join(' AND ');
}

/**
 * A number is as long free as the later of its parties' places is: each party's places are walked from the oldest, by their index, to the first where the
 * other was not later. A driver's thousands of past places are not looked at for it.
 */
function leastRecentlyUsed({ parties, now }: NumberWish, fits: Fragment): Fragment[] {
  return parties.map((party) => {
    const others = parties.filter((other) => other !== party);
    const later = others.map(
      () => `AND NOT EXISTS (SELECT 1 FROM number_assignment x
        WHERE x.virtual_number_id = a.virtual_number_id AND x.party_index = ? AND x.free_after > a.free_after)`,
    );
    return {
      sql: `SELECT n.id, n.number, 3 AS tier, a.free_after FROM number_assignment a JOIN virtual_number n ON n.id = a.virtual_number_id
        WHERE a.party_index = ? AND a.free_after <= ? AND ${fits.sql} ${later.join(' ')} ORDER BY a.free_after, a.virtual_number_id LIMIT 1`,
      parameters: [party.index, now, ...fits.parameters, ...others.map((other) => other.index)],
    };
  });
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
export function strangerConflict(wish: NumberWish, numberId: string): { rest: string; parameters: unknown[] } | null {
  if (!wish.isOpen && wish.pinIndexes.length === 0) return null;
  const there = `FROM pin_assignment p WHERE p.virtual_number_id = ${numberId} AND`;
  if (wish.isOpen) return { rest: `${there} p.free_after > ? AND p.pin_index < '~'`, parameters: [wish.now] };
  const claimed = ['*', ...wish.pinIndexes];
  return {
    rest: `${there} ${BY_KEY}p.free_after > ? AND p.pin_index IN (${marks(claimed)})`,
    parameters: [wish.now, ...claimed],
  };
}
