import { Injectable } from '@nestjs/common';
import { Database } from '../platform/database/database.js';

export interface ListedAccount {
  authId: string;
  name: string;
  plivoAuthId: string;
  createdAt: number;
  subaccounts: { authId: string; name: string; createdAt: number }[];
}

interface SubaccountRow {
  auth_id: string;
  account_id: string;
  name: string;
  created_at: number | string;
}

/** Accounts in the order of their Auth IDs, each with its subaccounts. */
@Injectable()
export class ListAccounts {
  constructor(private readonly database: Database) {}

  async run(page: { after: string; limit: number }): Promise<ListedAccount[]> {
    return this.database.read(async (manager) => {
      const accounts = await manager.query<
        { auth_id: string; name: string; plivo_auth_id: string; created_at: number | string }[]
      >('SELECT auth_id, name, plivo_auth_id, created_at FROM account WHERE auth_id > ? ORDER BY auth_id LIMIT ?', [
        page.after,
        page.limit,
      ]);
      if (accounts.length === 0) return [];
      const subaccounts = await manager.query<SubaccountRow[]>(
        `SELECT auth_id, account_id, name, created_at FROM subaccount
         WHERE account_id IN (${accounts.map(() => '?').join(', ')}) ORDER BY created_at, auth_id`,
        accounts.map((account) => account.auth_id),
      );
      return accounts.map((account) => ({
        authId: account.auth_id,
        name: account.name,
        plivoAuthId: account.plivo_auth_id,
        createdAt: Number(account.created_at),
        subaccounts: subaccounts
          .filter((row) => row.account_id === account.auth_id)
          .map((row) => ({ authId: row.auth_id, name: row.name, createdAt: Number(row.created_at) })),
      }));
    });
  }
}
