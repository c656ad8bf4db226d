import { Additions } from '../platform/database/additions.js';
import { late, type Database, type Tx } from '../platform/database/database.js';
import { isOnCluster, writeHeld } from '../platform/database/held-rows.js';
import { NUMBER_HOLDS } from './virtual-number.entity.js';

/** Lenders of one number on two nodes run again when they took the same one; who withdraws it takes all. */
const STRIPES = 16;

const HOLD = new Additions(NUMBER_HOLDS, ['virtualNumberId', 'stripe'], ['holds']);

/**
 * For who lends a number whose row it keeps from being changed (`forShare`). On a cluster that reaches no other node: there the commit of this transaction
 * or of one that withdraws the number (`holdToWithdraw`) is refused, whichever is second.
 */
export async function holdToLend(tx: Tx, database: Database, virtualNumberId: number): Promise<void> {
  if (!isOnCluster(tx)) return;
  const stripe = Math.floor(Math.random() * STRIPES);
  await HOLD.add(late(tx), database, { virtualNumberId, stripe, holds: 1 });
}

/** For who withdraws a number, before it looks who uses it: what has been lent by then is seen, and what is lent from then on ends one of the two. */
export async function holdToWithdraw(tx: Tx, database: Database, virtualNumberId: number): Promise<void> {
  if (!isOnCluster(tx)) return;
  for (let stripe = 0; stripe < STRIPES; stripe++) await HOLD.add(tx, database, { virtualNumberId, stripe, holds: 1 });
}

/**
 * For who answers for strangers on a number, before it looks who else does: open and PIN sessions exclude each other by a rule that no key expresses, so they
 * queue at the number's row.
 */
export async function queueAtNumber(tx: Tx, database: Database, virtualNumberId: number): Promise<void> {
  await tx.query(`SELECT id FROM virtual_number WHERE id = ? ${database.forUpdate}`, [virtualNumberId]);
  await writeHeld(tx, 'virtual_number', [virtualNumberId]);
}
