import type { EntityManager } from 'typeorm';
import type { Subaccounts } from '../accounts/index.js';

/** Those of the given subaccounts that are the account's own. */
export async function ownSubaccounts(
  subaccounts: Subaccounts,
  manager: EntityManager,
  { accountId, candidates }: { accountId: string; candidates: Iterable<string | null> },
): Promise<Set<string>> {
  const own = new Set<string>();
  for (const id of new Set(candidates))
    if (id !== null && (await subaccounts.belongsTo(manager, accountId, id))) own.add(id);
  return own;
}
