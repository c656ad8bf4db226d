import { Injectable } from '@nestjs/common';
import { Database } from '../platform/database/database.js';
import { marks, selection, textOrNull } from '../platform/database/rows.js';
import { ACCOUNTS, SUBACCOUNTS, type Account, type Subaccount } from './account.entity.js';

export interface ListedAccount extends Omit<Account, 'plivoAuthToken'> {
  subaccounts: (Omit<Subaccount, 'accountId'> & { hasPlivoToken: boolean })[];
}

const SHOWN = selection(ACCOUNTS.pick(['authId', 'name', 'plivoAuthId', 'createdAt', 'status', 'retentionDays']));
const OF_THEM = selection({ ...SUBACCOUNTS.fields('s'), plivoId: textOrNull('p.auth_id') });

/** Accounts in the order of their Auth IDs, each with its subaccounts. */
@Injectable()
export class ListAccounts {
  constructor(private readonly database: Database) {}

  async run(page: { after: string; limit: number }): Promise<ListedAccount[]> {
    return this.database.browse(async (manager) => {
      const accounts = await SHOWN.read(manager, 'FROM account WHERE auth_id > ? ORDER BY auth_id LIMIT ?', [
        page.after,
        page.limit,
      ]);
      if (accounts.length === 0) return [];
      const subaccounts = await OF_THEM.read(
        manager,
        `FROM subaccount s LEFT JOIN subaccount_at_plivo p ON p.auth_id = s.auth_id
         WHERE s.account_id IN (${marks(accounts)}) ORDER BY s.created_at, s.auth_id`,
        accounts.map((account) => account.authId),
      );
      return accounts.map((account) => ({
        ...account,
        subaccounts: subaccounts
          .filter(({ accountId }) => accountId === account.authId)
          .map(({ authId, name, messagingDefault, createdAt, plivoId }) => ({
            authId,
            name,
            messagingDefault,
            createdAt,
            hasPlivoToken: plivoId !== null,
          })),
      }));
    });
  }
}
