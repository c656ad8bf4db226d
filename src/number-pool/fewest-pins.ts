import type { Tx } from '../platform/database/database.js';
import { marks, number, numberOrNull, selection } from '../platform/database/rows.js';
import { BY_KEY, IS_PIN } from './longest-pin.js';
import { lendable, type ChosenNumber, type NumberWish } from './number-wish.js';
import { NUMBERS } from './virtual-number.entity.js';

/**
 * Numbers whose PINs are counted for one choice, by the index of the live ones: nothing is kept that could come to disagree. A larger pool is
 * sampled: to count 100,000 PINs on 1,000 numbers takes 14 ms of SQLite's one connection and 48 ms of MariaDB, against 1 and 3, and the best of a
 * few keeps the loads as level: 98 to 102 on each (docs/performance.md). It also keeps creates at the same moment from all choosing one number.
 */
const SAMPLE = 16;
/** Residues of the ids times anything are an order by chance. */
const PRIME = 65_521;

const CANDIDATES = selection({ ...NUMBERS.pick(['id', 'number'], 'n'), usedUntil: numberOrNull('used.free_after') });
const LOADS = selection({
  id: number('found.id'),
  pins: number('found.pins'),
  isTaken: number('found.is_taken'),
});

/**
 * For a session with PINs: of the numbers that are looked at and fit, the one with the fewest live PINs; of equal ones one that neither party ever
 * had, then the one that has been free for longest, then pool order. Null does not mean that no number fits.
 */
export async function fewestPins(tx: Tx, wish: NumberWish, own: string[]): Promise<ChosenNumber | null> {
  const candidates = await sample(tx, wish, own);
  const { pins, taken } = await loadsOf(tx, candidates, wish);
  const pinsOn = ({ id }: { id: number }): number => pins.get(id) ?? 0;
  const [best] = candidates
    .filter(({ id }) => !taken.has(id))
    .sort(
      (left, right) =>
        pinsOn(left) - pinsOn(right) || (left.usedUntil ?? 0) - (right.usedUntil ?? 0) || left.id - right.id,
    );
  return best ? { id: best.id, number: best.number, isFresh: best.usedUntil === null } : null;
}

/** Numbers of the pool, chosen by chance, on which no party lives. */
function sample(tx: Tx, wish: NumberWish, own: string[]) {
  const pool = lendable(wish, own);
  const parties = wish.parties.map((party) => party.index);
  return CANDIDATES.read(
    tx,
    `FROM virtual_number n LEFT JOIN (
       SELECT virtual_number_id, MAX(free_after) AS free_after FROM number_assignment
       WHERE party_index IN (${marks(parties)}) GROUP BY virtual_number_id
     ) used ON used.virtual_number_id = n.id
     WHERE ${pool.sql} AND (used.free_after IS NULL OR used.free_after <= ?)
     ORDER BY (n.id * ?) % ${PRIME} LIMIT ${SAMPLE}`,
    [...parties, ...pool.parameters, wish.now, 1 + Math.floor(Math.random() * (PRIME - 1))],
  );
}

/**
 * How many PINs are live on each of these numbers, and on which the session's own cannot be. Two ranges of two indexes: a sum over the rows that
 * tells both took twice as long.
 */
async function loadsOf(tx: Tx, candidates: { id: number }[], wish: NumberWish) {
  const ids = candidates.map(({ id }) => id);
  const claimed = ['*', ...wish.pinIndexes];
  const among = `p.virtual_number_id IN (${marks(ids)})`;
  const rows =
    ids.length === 0
      ? []
      : await LOADS.read(
          tx,
          `FROM (
             SELECT p.virtual_number_id AS id, COUNT(*) AS pins, 0 AS is_taken FROM pin_assignment p
             WHERE ${among} AND p.free_after > ? AND ${IS_PIN} GROUP BY p.virtual_number_id
             UNION ALL
             SELECT p.virtual_number_id, 0, 1 FROM pin_assignment p
             WHERE ${among} AND p.pin_index IN (${marks(claimed)}) AND ${BY_KEY}p.free_after > ?
           ) found`,
          [...ids, wish.now, ...ids, ...claimed, wish.now],
        );
  return {
    pins: new Map(rows.filter(({ isTaken }) => isTaken === 0).map(({ id, pins }) => [id, pins])),
    taken: new Set(rows.filter(({ isTaken }) => isTaken === 1).map(({ id }) => id)),
  };
}
