import type { Database, Tx } from '../platform/database/database.js';
import { parseCaller } from '../telephony/phone.js';
import { UnknownNumber } from './number-pool.errors.js';
import { VirtualNumber } from './virtual-number.entity.js';

/** The number's row, locked until the transaction ends so that two operators change it one after the other. With or without plus sign. */
export async function lockNumber(database: Database, tx: Tx, text: string): Promise<VirtualNumber> {
  const number = parseCaller(text);
  if (number === null) throw new UnknownNumber();

  await tx.query(`SELECT id FROM virtual_number WHERE number = ? ${database.forUpdate}`, [number]);
  const found = await tx.findOneBy(VirtualNumber, { number });
  if (!found) throw new UnknownNumber();
  return found;
}
