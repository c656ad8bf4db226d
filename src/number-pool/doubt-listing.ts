import { change, type Tx } from '../platform/database/database.js';
import { orStartOver } from '../platform/database/key-races.js';
import { exists } from '../platform/database/rows.js';
import { DOUBTED_LISTINGS } from './doubted-listing.entity.js';
import type { ListedNumber } from './listing-changes.js';
import type { VirtualNumber } from './virtual-number.entity.js';

/** `first`: changes nothing yet. `confirmed`: the one before was as short, so it is believed. */
export type Doubt = { verdict: 'none' | 'first' | 'confirmed'; known: number; found: number };

/**
 * A listing with fewer than half of the numbers that Plivo listed before is more often Plivo's trouble, or credentials of another account, than
 * the truth; believed at once it would take a whole pool out of service. The doubt is a row, so that it outlives a restart and whichever
 * process looks next.
 */
export async function doubtListing(
  tx: Tx,
  { accountId, pool, listing, now }: { accountId: string; pool: VirtualNumber[]; listing: ListedNumber[]; now: number },
): Promise<Doubt> {
  const listed = new Set<string>(listing.map(({ number }) => number));
  const known = pool.filter(({ isSynced, missingSince }) => isSynced && missingSince === null);
  const found = known.filter(({ number }) => listed.has(number)).length;
  const isShort = found * 2 < known.length;
  const wasShort = await exists(tx, 'FROM doubted_listing WHERE account_id = ?', [accountId]);

  if (wasShort) await change(tx, 'DELETE FROM doubted_listing WHERE account_id = ?', [accountId]);
  else if (isShort) await orStartOver(DOUBTED_LISTINGS.insert(tx, { accountId, at: now }));
  return { verdict: verdictOf(isShort, wasShort), known: known.length, found };
}

function verdictOf(isShort: boolean, wasShort: boolean): Doubt['verdict'] {
  if (!isShort) return 'none';
  return wasShort ? 'confirmed' : 'first';
}
