import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock } from '../platform/clock.js';
import { Crypto, type SealedPlace } from '../platform/crypto/crypto.js';
import { Database } from '../platform/database/database.js';
import { selection } from '../platform/database/rows.js';
import { NotFound } from '../platform/errors.js';
import { ACCOUNTS } from './account.entity.js';
import { ShortLived } from './short-lived.js';

const AT_PLIVO = selection(ACCOUNTS.pick(['plivoAuthId', 'plivoAuthToken']));

/** Where an account's Plivo token is sealed. */
export function plivoTokenPlace(accountId: string): SealedPlace {
  return { column: 'account.plivo_auth_token', row: accountId, account: accountId };
}

/** An account's credentials at Plivo, opened; null when there is no such account. */
export async function readPlivoCredentials(
  manager: EntityManager,
  crypto: Crypto,
  accountId: string,
): Promise<{ authId: string; authToken: string } | null> {
  const [row] = await AT_PLIVO.read(manager, 'FROM account WHERE auth_id = ?', [accountId]);
  if (!row) return null;
  return { authId: row.plivoAuthId, authToken: crypto.open(plivoTokenPlace(accountId), row.plivoAuthToken) };
}

/** Credentials for Plivo's REST API, read when needed: a call to Plivo costs far more than the row. */
@Injectable()
export class PlivoAccess {
  constructor(
    private readonly database: Database,
    private readonly crypto: Crypto,
  ) {}

  async of(accountId: string): Promise<{ authId: string; authToken: string }> {
    const found = await this.database.read((manager) => readPlivoCredentials(manager, this.crypto, accountId));
    if (!found) throw new NotFound('no account has this auth_id');
    return found;
  }
}

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
      const found = await database.read((manager) => readPlivoCredentials(manager, crypto, authId));
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
