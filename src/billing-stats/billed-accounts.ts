import type { EntityManager } from 'typeorm';
import type { Accounts } from '../accounts/index.js';
import { exists, selection, text } from '../platform/database/rows.js';

/** So many are looked for by one statement; SQLite joins at most 500 by UNION. */
const AT_ONCE = 100;
/** After every Auth ID. */
const LAST = '~';

const FIRST = selection({ accountId: text('account_id') });

interface Gap {
  after: string;
  before: string;
}

/** All accounts that may have come to something: those that are there, and those that were deleted since, whose sums stay. */
export async function billedAccounts(manager: EntityManager, accounts: Accounts): Promise<string[]> {
  const there = await accounts.ids(manager);
  return [...there, ...(await deletedBeside(manager, there))];
}

/** Refuses an account that neither is there nor ever came to anything. */
export async function requireBilled(manager: EntityManager, accounts: Accounts, accountId: string): Promise<void> {
  if (await exists(manager, 'FROM call_stat WHERE account_id = ?', [accountId])) return;
  await accounts.require(manager, accountId);
}

/** Looks into the gaps between the others, each by one seek: what has come together in years is not read for it. */
async function deletedBeside(manager: EntityManager, there: string[]): Promise<string[]> {
  const found: string[] = [];
  const bounds = [...there.toSorted(), LAST];
  let gaps = bounds.map((before, place): Gap => ({ after: bounds[place - 1] ?? '', before }));
  while (gaps.length > 0) {
    const some = gaps.slice(0, AT_ONCE);
    const firsts = await firstsOf(manager, some);
    found.push(...firsts);
    const rest = firsts.map((after): Gap => ({ after, before: bounds.find((bound) => bound > after) ?? LAST }));
    gaps = [...rest, ...gaps.slice(AT_ONCE)];
  }
  return found;
}

async function firstsOf(manager: EntityManager, gaps: Gap[]): Promise<string[]> {
  // MIN would read all of a gap on SQLite.
  const first = 'SELECT account_id FROM call_stat WHERE account_id > ? AND account_id < ? ORDER BY account_id LIMIT 1';
  const one = `SELECT (${first}) AS account_id`;
  const rows = await FIRST.read(
    manager,
    `FROM (${gaps.map(() => one).join(' UNION ALL ')}) firsts WHERE account_id IS NOT NULL`,
    gaps.flatMap(({ after, before }) => [after, before]),
  );
  return rows.map(({ accountId }) => accountId);
}
