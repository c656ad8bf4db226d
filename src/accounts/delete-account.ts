import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../platform/database/database.js';
import { marks, selection } from '../platform/database/rows.js';
import { NotFound } from '../platform/errors.js';
import { ACCOUNTS } from './account.entity.js';
import { ownersIn } from './accounts.js';
import { AccountInUse, AccountKept, AccountOfSettings } from './accounts.errors.js';
import { AccountSettings } from './account-settings.js';
import { Credentials } from './credentials.js';
import { EnsureFirstAccount } from './ensure-first-account.js';
import { WebhookTokens } from './plivo-credentials.js';

const STATUS = selection(ACCOUNTS.pick(['status']));

/**
 * Removes an account with its subaccounts, tokens and settings. Refuses one that is active, is that of the settings, or of which something is kept.
 * Sums of money and statistics stay under its Auth ID.
 */
@Injectable()
export class DeleteAccount {
  constructor(
    private readonly database: Database,
    private readonly credentials: Credentials,
    private readonly webhookTokens: WebhookTokens,
    private readonly settings: AccountSettings,
    private readonly ensureFirstAccount: EnsureFirstAccount,
  ) {}

  /** `keptOf` tells in words what other modules keep of it; asked once the account is held. */
  async run(tx: Tx, accountId: string, keptOf: (tx: Tx) => Promise<string[]>): Promise<void> {
    const [account] = await STATUS.read(tx, `FROM account WHERE auth_id = ? ${this.database.forUpdate}`, [accountId]);
    if (!account) throw new NotFound('no account has this auth_id');
    if (this.ensureFirstAccount.isOfSettings(accountId)) throw new AccountOfSettings();
    if (account.status === 'active') throw new AccountInUse();
    const kept = await keptOf(tx);
    if (kept.length > 0) throw new AccountKept(kept);

    const owners = await ownersIn(tx, accountId);
    await tx.query(`DELETE FROM api_token WHERE owner_id IN (${marks(owners)})`, owners);
    await tx.query(`DELETE FROM subaccount_at_plivo WHERE auth_id IN (${marks(owners)})`, owners);
    await tx.query('DELETE FROM subaccount WHERE account_id = ?', [accountId]);
    await tx.query('DELETE FROM account_setting WHERE account_id = ?', [accountId]);
    await tx.query('DELETE FROM account WHERE auth_id = ?', [accountId]);

    for (const authId of owners) {
      this.credentials.changed(authId);
      this.webhookTokens.changed(authId);
    }
    this.settings.numbersChanged(accountId);
  }
}
