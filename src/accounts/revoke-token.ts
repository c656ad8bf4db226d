import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../platform/database/database.js';
import { NotFound } from '../platform/errors.js';
import { LastToken } from './accounts.errors.js';
import { Credentials } from './credentials.js';
import { liveTokenIds, lockOwner } from './lock-owner.js';

/** Ends a token: in this process at once, in others within 5 s. Refuses the last one, which would lock its owner out. */
@Injectable()
export class RevokeToken {
  constructor(
    private readonly database: Database,
    private readonly credentials: Credentials,
  ) {}

  async run(tx: Tx, ownerId: string, tokenId: string): Promise<void> {
    await lockOwner(this.database, tx, ownerId);
    const live = await liveTokenIds(tx, ownerId);
    if (!live.includes(tokenId)) throw new NotFound('no token has this id');
    if (live.length === 1) throw new LastToken();

    await this.credentials.remove(tx, ownerId, tokenId);
  }
}
