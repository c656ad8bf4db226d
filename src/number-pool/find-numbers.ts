import type { EntityManager } from 'typeorm';
import type { Database, Tx } from '../platform/database/database.js';
import { marks, selection } from '../platform/database/rows.js';
import { parseCaller, type E164 } from '../telephony/phone.js';
import { chunks } from './insert-numbers.js';
import { UnknownNumber } from './number-pool.errors.js';
import { NUMBERS, VirtualNumber } from './virtual-number.entity.js';

const HOLDERS = selection(NUMBERS.pick(['number', 'accountId']));

/** Auth ID of the account whose pool has this number, whatever its status; null for numbers of no pool. */
export async function ownerOfNumber(manager: EntityManager, number: E164): Promise<string | null> {
  return (await holdersOf(manager, [number])).get(number) ?? null;
}

/** Which of these numbers the pool has, and whose they are. */
export async function holdersOf(manager: EntityManager, numbers: E164[]): Promise<Map<string, string>> {
  const holders = new Map<string, string>();
  for (const chunk of chunks(numbers)) {
    const rows = await HOLDERS.read(manager, `FROM virtual_number WHERE number IN (${marks(chunk)})`, chunk);
    for (const { number, accountId } of rows) holders.set(number, accountId);
  }
  return holders;
}

/** The number's row, locked until the transaction ends so that two operators change it one after the other. With or without plus sign. */
export async function lockNumber(database: Database, tx: Tx, text: string): Promise<VirtualNumber> {
  const number = parseCaller(text);
  if (number === null) throw new UnknownNumber();

  await tx.query(`SELECT id FROM virtual_number WHERE number = ? ${database.forUpdate}`, [number]);
  const found = await tx.findOneBy(VirtualNumber, { number });
  if (!found) throw new UnknownNumber();
  return found;
}
