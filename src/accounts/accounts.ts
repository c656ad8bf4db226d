import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { exists, marks, selection } from '../platform/database/rows.js';
import { NotFound } from '../platform/errors.js';
import type { Config } from '../platform/settings/config.js';
import { ACCOUNTS, SUBACCOUNTS } from './account.entity.js';
import { isLeftOver } from './demo-account.js';

const IDS = selection(ACCOUNTS.pick(['authId']));
const SUBACCOUNT_IDS = selection(SUBACCOUNTS.pick(['authId']));
const CREATION = selection(ACCOUNTS.pick(['createdAt']));
const SUBACCOUNT_CREATION = selection(SUBACCOUNTS.pick(['createdAt']));
const PARENTS = selection(SUBACCOUNTS.pick(['authId', 'accountId']));
const TEXT_DEFAULTS = selection(SUBACCOUNTS.pick(['messagingDefault']));
const NAMES = selection(SUBACCOUNTS.pick(['authId', 'name']));

/** Answers from rows, inside the transaction or read that asks. */
@Injectable()
export class Accounts {
  /** Refuses an account that does not exist. */
  async require(manager: EntityManager, accountId: string): Promise<void> {
    if (!(await this.isThere(manager, accountId))) throw new NotFound('no account has this auth_id');
  }

  isThere(manager: EntityManager, accountId: string): Promise<boolean> {
    return exists(manager, 'FROM account WHERE auth_id = ?', [accountId]);
  }

  /** Auth IDs of all accounts, oldest first. */
  async ids(manager: EntityManager): Promise<string[]> {
    const rows = await IDS.read(manager, 'FROM account ORDER BY created_at, auth_id');
    return rows.map((row) => row.authId);
  }
}

/** Auth IDs of an account and of its subaccounts: all that have tokens because of it. */
export async function ownersIn(manager: EntityManager, accountId: string): Promise<string[]> {
  const rows = await SUBACCOUNT_IDS.read(manager, 'FROM subaccount WHERE account_id = ?', [accountId]);
  return [accountId, ...rows.map(({ authId }) => authId)];
}

/** Since when there is this account or subaccount here; null when there is none. */
export async function knownSince(manager: EntityManager, authId: string): Promise<number | null> {
  const [account] = await CREATION.read(manager, 'FROM account WHERE auth_id = ?', [authId]);
  if (account) return account.createdAt;
  const [subaccount] = await SUBACCOUNT_CREATION.read(manager, 'FROM subaccount WHERE auth_id = ?', [authId]);
  return subaccount?.createdAt ?? null;
}

/** Auth IDs of the accounts whose programs are let in, oldest first. */
export async function openAccounts(manager: EntityManager, config: Config): Promise<string[]> {
  const rows = await IDS.read(manager, "FROM account WHERE status = 'active' ORDER BY created_at, auth_id");
  return rows.map((row) => row.authId).filter((id) => !isLeftOver(id, config));
}

/** The account with this Auth ID, or the next one in the order of Auth IDs; null after the last. */
export async function accountFrom(manager: EntityManager, authId: string): Promise<string | null> {
  const [found] = await IDS.read(manager, 'FROM account WHERE auth_id >= ? ORDER BY auth_id LIMIT 1', [authId]);
  return found?.authId ?? null;
}

export function hasSubaccount(manager: EntityManager, accountId: string, subaccountId: string): Promise<boolean> {
  return exists(manager, 'FROM subaccount WHERE auth_id = ? AND account_id = ?', [subaccountId, accountId]);
}

/** Whether a subaccount's new sessions have texts where the request does not say; null: it has not decided, and its account's word holds. */
export async function ownTextDefault(manager: EntityManager, subaccountId: string): Promise<boolean | null> {
  const [found] = await TEXT_DEFAULTS.read(manager, 'FROM subaccount WHERE auth_id = ?', [subaccountId]);
  return found?.messagingDefault ?? null;
}

/** Whose each of these subaccounts is, by Auth ID; those that are not registered here are left out. */
export async function parentsOf(manager: EntityManager, ids: readonly string[]): Promise<Map<string, string>> {
  const asked = [...new Set(ids)];
  if (asked.length === 0) return new Map();
  const rows = await PARENTS.read(manager, `FROM subaccount WHERE auth_id IN (${marks(asked)})`, asked);
  return new Map(rows.map(({ authId, accountId }) => [authId, accountId]));
}

/** Auth ID of the account that has this subaccount; null for what is none. */
export async function parentOf(manager: EntityManager, id: string): Promise<string | null> {
  return (await parentsOf(manager, [id])).get(id) ?? null;
}

/** Names of those of these subaccounts that there are, by Auth ID. */
export async function subaccountNames(manager: EntityManager, ids: readonly string[]): Promise<Map<string, string>> {
  const asked = [...new Set(ids)];
  if (asked.length === 0) return new Map();
  const rows = await NAMES.read(manager, `FROM subaccount WHERE auth_id IN (${marks(asked)})`, asked);
  return new Map(rows.map(({ authId, name }) => [authId, name]));
}

/** Those of the given subaccounts that are the account's own. */
export async function ownSubaccounts(
  manager: EntityManager,
  accountId: string,
  candidates: Iterable<string | null>,
): Promise<Set<string>> {
  const asked = [...candidates].filter((id) => id !== null);
  const parents = await parentsOf(manager, asked);
  return new Set(asked.filter((id) => parents.get(id) === accountId));
}
