import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock.js';
import { Crypto } from '../platform/crypto/crypto.js';
import { Database } from '../platform/database/database.js';
import { readPlivoToken } from './plivo-token.js';
import { ShortLived } from './short-lived.js';

/** With what Plivo signs an account's webhooks. */
export interface SigningTokens {
  accountId: string;
  tokens: string[];
}

/** Asked on every webhook, hence remembered for up to 5 s. */
@Injectable()
export class WebhookTokens {
  private readonly opened: ShortLived<SigningTokens | null>;

  constructor(database: Database, crypto: Crypto, clock: Clock) {
    this.opened = new ShortLived(clock, async (authId) => {
      const found = await database.read((manager) => readPlivoToken(manager, crypto, authId));
      return found && { accountId: authId, tokens: [found.authToken] };
    });
  }

  /** Null when no account has this Auth ID. */
  of(authId: string): Promise<SigningTokens | null> {
    return this.opened.get(authId);
  }

  /** The account's token is being replaced in an open transaction. */
  changed(authId: string): void {
    this.opened.distrust(authId);
  }
}
