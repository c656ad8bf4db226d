import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock.js';
import { Crypto } from '../platform/crypto/crypto.js';
import { isDuplicate, type Tx } from '../platform/database/database.js';
import { newAuthId, newSecret } from '../platform/ids.js';
import { AccountExists } from './accounts.errors.js';
import { ACCOUNTS, type Account } from './account.entity.js';
import { AccountSettings } from './account-settings.js';
import { Credentials } from './credentials.js';
import { plivoTokenPlace, WebhookTokens } from './plivo-credentials.js';

/** Adds a customer with a first token of its own, which is told only here. Refuses an Auth ID that is taken. */
@Injectable()
export class CreateAccount {
  constructor(
    private readonly crypto: Crypto,
    private readonly clock: Clock,
    private readonly credentials: Credentials,
    private readonly settings: AccountSettings,
    private readonly webhookTokens: WebhookTokens,
  ) {}

  async run(
    tx: Tx,
    wanted: { authId?: string; name: string; plivoAuthId: string; plivoAuthToken: string },
  ): Promise<{ authId: string; authToken: string; createdAt: number }> {
    const { name, plivoAuthId, plivoAuthToken } = wanted;
    const authId = wanted.authId ?? newAuthId('MA');
    const createdAt = this.clock.now();
    try {
      await insertAccount(tx, this.crypto, { authId, name, plivoAuthId, plivoAuthToken, createdAt });
    } catch (error) {
      if (isDuplicate(error)) throw new AccountExists();
      throw error;
    }

    await this.settings.begin(tx, authId);
    const authToken = newSecret();
    await this.credentials.add(tx, authId, authToken, 'issued');
    this.webhookTokens.changed(authId);
    return { authId, authToken, createdAt };
  }
}

/** `plivoAuthToken` comes open and is stored sealed. Fails on a taken Auth ID with the database's duplicate-key error. */
export function insertAccount(
  tx: Tx,
  crypto: Crypto,
  account: Omit<Account, 'retentionDays' | 'status'>,
): Promise<void> {
  const sealed = crypto.seal(plivoTokenPlace(account.authId), account.plivoAuthToken);
  return ACCOUNTS.insert(tx, { ...account, plivoAuthToken: sealed, status: 'active' });
}
