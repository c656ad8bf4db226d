import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock.js';
import type { Tx } from '../platform/database/database.js';
import { newAuthId, newSecret } from '../platform/ids.js';
import { SUBACCOUNTS } from './account.entity.js';
import { Accounts } from './accounts.js';
import { Credentials } from './credentials.js';

/** Adds a subaccount with a token of its own, which is told only here. Refuses an account that does not exist. */
@Injectable()
export class CreateSubaccount {
  constructor(
    private readonly accounts: Accounts,
    private readonly clock: Clock,
    private readonly credentials: Credentials,
  ) {}

  async run(
    tx: Tx,
    accountId: string,
    name: string,
  ): Promise<{ authId: string; authToken: string; createdAt: number }> {
    await this.accounts.require(tx, accountId);

    const authId = newAuthId('SA');
    const authToken = newSecret();
    const createdAt = this.clock.now();
    await SUBACCOUNTS.insert(tx, { authId, accountId, name, createdAt });
    await this.credentials.add(tx, authId, authToken, 'issued');
    return { authId, authToken, createdAt };
  }
}
