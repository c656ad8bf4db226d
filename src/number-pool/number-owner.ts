import type { EntityManager } from 'typeorm';
import type { E164 } from '../telephony/phone.js';

/** Auth ID of the account whose pool has this number, whatever its status; null for numbers of no pool. */
export async function ownerOfNumber(manager: EntityManager, number: E164): Promise<string | null> {
  const [row] = await manager.query<{ account_id: string }[]>(
    'SELECT account_id FROM virtual_number WHERE number = ?',
    [number],
  );
  return row?.account_id ?? null;
}
