import type { EntityManager } from 'typeorm';
import { isMissingTable } from '../platform/database/transaction.js';
import { selection } from '../platform/database/rows.js';
import { NUMBERS } from './virtual-number.entity.js';

const NUMBER = selection(NUMBERS.pick(['number']));

/** Numbers whose application at Plivo is none of an account's business: those of other accounts, and those that it has retired. */
export async function untouchedNumbers(manager: EntityManager, accountId: string): Promise<ReadonlySet<string>> {
  try {
    const rows = await NUMBER.read(manager, "FROM virtual_number WHERE account_id <> ? OR status = 'retired'", [
      accountId,
    ]);
    return new Set(rows.map(({ number }) => number));
  } catch (error) {
    if (isMissingTable(error)) return new Set();
    throw error;
  }
}
