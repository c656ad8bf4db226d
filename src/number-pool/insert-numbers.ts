import { Contended, isDuplicate, type Tx } from '../platform/database/database.js';
import type { E164 } from '../telephony/phone.js';
import { newVirtualNumber, type NewNumber } from './new-virtual-number.js';

/** 500 rows are 5,000 parameters: SQLite takes 32,766, MySQL packets stay small. */
const CHUNK = 500;

/** Adds many numbers in their order. When one of them came in meanwhile the whole transaction runs again. */
export async function insertNumbers(tx: Tx, numbers: NewNumber[]): Promise<void> {
  for (const chunk of chunks(numbers)) {
    try {
      await tx.query(
        `INSERT INTO virtual_number (account_id, subaccount_id, number, calling_code, country, alias, status, is_synced, missing_since, created_at)
         VALUES ${chunk.map(() => '(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)').join(', ')}`,
        chunk
          .map(newVirtualNumber)
          .flatMap((row) => [
            row.accountId,
            row.subaccountId,
            row.number,
            row.callingCode,
            row.country,
            row.alias,
            row.status,
            row.isSynced ? 1 : 0,
            row.missingSince,
            row.createdAt,
          ]),
      );
    } catch (error) {
      throw isDuplicate(error) ? new Contended() : error;
    }
  }
}

/** Which of these numbers the pool has, and whose they are. */
export async function holdersOf(tx: Tx, numbers: E164[]): Promise<Map<string, string>> {
  const holders = new Map<string, string>();
  for (const chunk of chunks(numbers)) {
    const rows = await tx.query<{ number: string; account: string }[]>(
      `SELECT number, account_id AS account FROM virtual_number WHERE number IN (${chunk.map(() => '?').join(',')})`,
      chunk,
    );
    for (const { number, account } of rows) holders.set(number, account);
  }
  return holders;
}

export function* chunks<T>(items: T[]): Generator<T[]> {
  for (let start = 0; start < items.length; start += CHUNK) yield items.slice(start, start + CHUNK);
}
