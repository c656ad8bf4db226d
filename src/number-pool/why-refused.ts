import type { Tx } from '../platform/database/database.js';
import type { DomainError } from '../platform/errors.js';
import { exists, marks, number, selection } from '../platform/database/rows.js';
import { NumberPoolExhausted, OpenSessionPerNumber, PinTaken, TextsNotPossible } from './number-pool.errors.js';
import { lendable, type NumberWish } from './number-wish.js';

const BUSY = selection({ numbers: number('COUNT(*)') });
const POOL = selection({
  numbers: number('COUNT(*)'),
  free: number('SUM(is_free)'),
  /** Of the free ones, those whose strangers may be asked for a PIN. */
  askable: number('SUM(is_free * (1 - is_open))'),
});

/**
 * Why no number was found for a session, and how many that fit would have done. Of numbers that are free for the parties it is the strangers' place
 * that was wanting: a PIN of the session's is live there, or an open session is in the way.
 */
export async function whyRefused(tx: Tx, wish: NumberWish): Promise<DomainError> {
  if (await isForTextsAlone(tx, wish)) return new TextsNotPossible();
  const hasPins = wish.pinIndexes.length > 0;
  if (wish.isOpen || hasPins) {
    const pool = await readPool(tx, wish);
    // Every number that fits is blocked for this session, whatever by; one more would be blocked by nothing.
    if (hasPins && pool.askable > 0) return new PinTaken(pool.numbers + 1);
    if (pool.free > 0) return new OpenSessionPerNumber(pool.numbers + 1);
  }
  return new NumberPoolExhausted(await numbersThatWouldDo(tx, wish));
}

/** Whether there are numbers for the session, and would be none for its texts if nobody else were on them. */
async function isForTextsAlone(tx: Tx, { textSenders, ...wish }: NumberWish): Promise<boolean> {
  if (textSenders === undefined) return false;
  const { country: _, ...anywhere } = wish;
  const [forCalls, forTexts] = [lendable(anywhere, []), lendable({ ...anywhere, textSenders }, [])];
  const from = 'FROM virtual_number n WHERE';
  if (await exists(tx, `${from} ${forTexts.sql} LIMIT 1`, forTexts.parameters)) return false;
  return exists(tx, `${from} ${forCalls.sql} LIMIT 1`, forCalls.parameters);
}

async function readPool(tx: Tx, wish: NumberWish): Promise<{ numbers: number; free: number; askable: number }> {
  const { parties, now } = wish;
  const { country: _, ...anywhere } = wish;
  const fit = lendable(anywhere, []);
  const [pool] = await POOL.read(
    tx,
    `FROM (
       SELECT CASE WHEN EXISTS (
           SELECT 1 FROM number_assignment a
           WHERE a.virtual_number_id = n.id AND a.party_index IN (${marks(parties)}) AND a.free_after > ?
         ) THEN 0 ELSE 1 END AS is_free,
         CASE WHEN EXISTS (
           SELECT 1 FROM pin_assignment p WHERE p.virtual_number_id = n.id AND p.pin_index = '*' AND p.free_after > ?
         ) THEN 1 ELSE 0 END AS is_open
       FROM virtual_number n WHERE ${fit.sql}
     ) pool`,
    [...parties.map((party) => party.index), now, now, ...fit.parameters],
  );
  return pool ?? { numbers: 0, free: 0, askable: 0 };
}

/**
 * A party with d busy numbers blocks d of them, its peer e more: with d + e + 1 numbers that fit, this session cannot be refused. Over all
 * sessions that is the pool formula 2N - 1.
 */
async function numbersThatWouldDo(tx: Tx, { parties, now }: NumberWish): Promise<number> {
  const [busy] = await BUSY.read(
    tx,
    `FROM number_assignment WHERE party_index IN (${marks(parties)}) AND free_after > ?`,
    [...parties.map((party) => party.index), now],
  );
  return (busy?.numbers ?? 0) + 1;
}
