import type { EntityManager } from 'typeorm';
import { selection } from '../platform/database/rows.js';
import { NUMBERS } from './virtual-number.entity.js';

const NAMED = selection(NUMBERS.pick(['id', 'number', 'country', 'subaccountId', 'status']));

/** All numbers of an account, retired ones too, in the order in which they are lent. */
export function numbersOf(manager: EntityManager, accountId: string) {
  return NAMED.read(manager, 'FROM virtual_number WHERE account_id = ? ORDER BY id', [accountId]);
}
