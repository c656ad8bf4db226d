import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../platform/database/database.js';
import { newSecret } from '../platform/ids.js';
import { TooManyTokens } from './accounts.errors.js';
import { Credentials } from './credentials.js';
import { liveTokenIds, lockOwner } from './lock-owner.js';

const MAX_LIVE_TOKENS = 2;

/** A further token of an account or subaccount, told only here; the old one stays live until it is revoked. Refuses a third. */
@Injectable()
export class IssueToken {
  constructor(
    private readonly database: Database,
    private readonly credentials: Credentials,
  ) {}

  async run(tx: Tx, ownerId: string): Promise<{ id: string; authToken: string; createdAt: number }> {
    await lockOwner(this.database, tx, ownerId);
    if ((await liveTokenIds(tx, ownerId)).length >= MAX_LIVE_TOKENS) throw new TooManyTokens();

    const authToken = newSecret();
    const { id, createdAt } = await this.credentials.add(tx, ownerId, authToken, 'issued');
    return { id, authToken, createdAt };
  }
}
