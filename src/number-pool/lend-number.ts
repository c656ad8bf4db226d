import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../platform/database/database.js';
import { exists, marks, number, selection } from '../platform/database/rows.js';
import { strangerConflict } from './choose-number.js';
import { claimNumber, type AllocationRequest } from './claim-number.js';
import { NumberBusy, NumberNotLendable, OpenSessionPerNumber, PinTaken, UnknownNumber } from './number-pool.errors.js';
import { lendable, type NumberWish } from './number-wish.js';
import { NUMBERS } from './virtual-number.entity.js';

/** Of one number: whether it would be lent at all, and how many of the session's places on it there are, and are somebody's. One trip. */
const FOUND = selection({
  ...NUMBERS.pick(['id', 'number'], 'n'),
  isLendable: number('is_lendable'),
  places: number('places'),
  held: number('held'),
});

/**
 * Lends a session this very number, which people have in their call lists, by the same keys as `AllocateNumber`. Refuses one that is not of this account's
 * pool, or that no session would be lent now, and one on which a party, a PIN or the strangers are another session's.
 */
@Injectable()
export class LendNumber {
  constructor(private readonly database: Database) {}

  async run(tx: Tx, digits: string, request: AllocationRequest): Promise<{ id: number; number: string }> {
    const wish: NumberWish = { ...request, pinIndexes: request.pins.map((pin) => pin.index) };
    const { sql, parameters } = lendable(wish, []);
    const indexes = request.parties.map((party) => party.index);
    const places = `(SELECT COUNT(*) FROM number_assignment a WHERE a.virtual_number_id = n.id AND a.party_index IN (${marks(indexes)})`;
    const [found] = await FOUND.read(
      tx,
      `FROM (SELECT n.id, n.number, CASE WHEN ${sql} THEN 1 ELSE 0 END AS is_lendable, ${places}) AS places, ${places} AND a.free_after > ?) AS held
       FROM virtual_number n WHERE n.number = ? AND n.account_id = ?) n`,
      [...parameters, ...indexes, ...indexes, request.now, digits, request.accountId],
    );
    if (!found) throw new UnknownNumber();
    if (found.isLendable === 0) throw new NumberNotLendable();
    if (found.held > 0) throw new NumberBusy();
    const conflict = strangerConflict(wish, '?');
    if (conflict && (await exists(tx, conflict.rest, [found.id, ...conflict.parameters])))
      throw request.isOpen ? new OpenSessionPerNumber(1) : new PinTaken(1);

    await claimNumber(tx, this.database, { ...found, isFresh: found.places === 0 }, { wish, request });
    return { id: found.id, number: found.number };
  }
}
