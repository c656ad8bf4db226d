import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock.js';
import { Crypto } from '../platform/crypto/crypto.js';
import { isDuplicate, type Tx } from '../platform/database/database.js';
import { newAuthId, newSecret } from '../platform/ids.js';
import { SUBACCOUNTS, SUBACCOUNTS_AT_PLIVO } from './account.entity.js';
import { AccountExists } from './accounts.errors.js';
import { Accounts } from './accounts.js';
import { Credentials } from './credentials.js';
import { subaccountTokenPlace, WebhookTokens } from './plivo-credentials.js';

/**
 * Adds a subaccount with a token of its own, which is told only here; one that exists at Plivo comes with the id and the token that it has there,
 * so that its programs go on as they are. Refuses an account that does not exist, and an Auth ID that is taken.
 */
@Injectable()
export class CreateSubaccount {
  constructor(
    private readonly accounts: Accounts,
    private readonly clock: Clock,
    private readonly credentials: Credentials,
    private readonly crypto: Crypto,
    private readonly webhookTokens: WebhookTokens,
  ) {}

  async run(
    tx: Tx,
    accountId: string,
    name: string,
    atPlivo: { authId?: string; authToken?: string } = {},
  ): Promise<{ authId: string; authToken: string; createdAt: number }> {
    await this.accounts.require(tx, accountId);

    const authId = atPlivo.authId ?? newAuthId('SA');
    const authToken = atPlivo.authToken ?? newSecret();
    const createdAt = this.clock.now();
    try {
      await SUBACCOUNTS.insert(tx, { authId, accountId, name, messagingDefault: null, createdAt });
    } catch (error) {
      throw isDuplicate(error) ? new AccountExists() : error;
    }
    if (atPlivo.authToken !== undefined) {
      const plivoAuthToken = this.crypto.seal(subaccountTokenPlace(authId, accountId), atPlivo.authToken);
      await SUBACCOUNTS_AT_PLIVO.insert(tx, { authId, plivoAuthToken });
    }
    for (const id of [accountId, authId]) this.webhookTokens.changed(id);
    await this.credentials.add(tx, authId, authToken, 'issued');
    return { authId, authToken, createdAt };
  }
}
