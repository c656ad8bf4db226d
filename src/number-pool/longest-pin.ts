import type { Tx } from '../platform/database/database.js';
import { numberOrNull, selection } from '../platform/database/rows.js';

export const LONGEST_PIN = 15;

/** Of a row of `pin_assignment p`: what is no open session's `*` and no file. */
export const IS_PIN = "p.pin_index <> '*' AND p.pin_index < '~'";
/**
 * Before `p.free_after`: keeps SQLite from walking all live rows of a number in place of a few steps into the primary key; to MariaDB it is
 * nothing.
 */
export const BY_KEY = '+';

const LONGEST = selection({ digits: numberOrNull(`MAX(COALESCE(p.pin_length, ${LONGEST_PIN}))`) });

/**
 * Digits of the longest PIN that is live on a number: who types that many has typed all there can be. Also PINs whose session has just ended and
 * cools off count, and those of earlier versions, whose length is not known, as the longest possible. Read from one index range of the number's
 * live rows.
 */
export async function longestPin(tx: Tx, virtualNumberId: number, now: number): Promise<number> {
  const [live] = await LONGEST.read(
    tx,
    `FROM pin_assignment p WHERE p.virtual_number_id = ? AND p.free_after > ? AND ${IS_PIN}`,
    [virtualNumberId, now],
  );
  return live?.digits ?? LONGEST_PIN;
}
