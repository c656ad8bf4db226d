import { exists } from '../database/rows.js';
import type { Tx } from '../database/database.js';
import { holderOf, PROCESS_ID } from '../this-process.js';

/** Whether the process that made this lease has died or stopped, so that what it leased may be taken before the lease ends. */
export async function isAbandoned(tx: Tx, lease: string | null): Promise<boolean> {
  const holder = lease === null ? null : holderOf(lease);
  if (holder === null || holder === PROCESS_ID) return false;
  return !(await exists(tx, 'FROM process WHERE id = ?', [holder]));
}
