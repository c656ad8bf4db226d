import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock.js';
import { Config } from '../platform/settings/config.js';
import { Crypto, isEqualSecret } from '../platform/crypto/crypto.js';
import { Secrets } from '../platform/settings/data-folder.js';
import { Contended, Database, isDuplicate, type Tx } from '../platform/database/database.js';
import { Credentials } from './credentials.js';
import { insertAccount } from './insert-account.js';
import { plivoTokenPlace, readPlivoToken } from './plivo-token.js';
import { WebhookTokens } from './webhook-tokens.js';

/** The account that the simulator calls for when no credentials are set. */
export const DEMO_AUTH_ID = 'MADEMODEMODEMODEMO00';

interface FirstAccount {
  authId: string;
  authToken: string;
  name: string;
}

/**
 * At start: the account of the settings, or the demo account, exists and its token is the settings' one. A start that finds the token it
 * expects changes nothing, so a token that an operator revoked stays revoked until PLIVO_AUTH_TOKEN itself changes.
 */
@Injectable()
export class EnsureFirstAccount {
  constructor(
    private readonly database: Database,
    private readonly crypto: Crypto,
    private readonly clock: Clock,
    private readonly credentials: Credentials,
    private readonly webhookTokens: WebhookTokens,
  ) {}

  /** Returns the account's Auth ID. */
  async run(config: Config, secrets: Secrets): Promise<string> {
    const first = firstAccount(config, secrets);
    await this.database.transaction(async (tx) => {
      const known = await readPlivoToken(tx, this.crypto, first.authId);
      if (known === null) await this.create(tx, first);
      else if (!isEqualSecret(first.authToken, known.authToken)) await this.follow(tx, first);
    });
    return first.authId;
  }

  private async create(tx: Tx, { authId, authToken, name }: FirstAccount): Promise<void> {
    const account = { authId, name, plivoAuthId: authId, plivoAuthToken: authToken, createdAt: this.clock.now() };
    try {
      await insertAccount(tx, this.crypto, account);
    } catch (error) {
      // Another process starts at the same time.
      if (isDuplicate(error)) throw new Contended();
      throw error;
    }
    await this.credentials.add(tx, authId, authToken, 'settings');
    this.webhookTokens.changed(authId);
  }

  private async follow(tx: Tx, { authId, authToken }: FirstAccount): Promise<void> {
    await tx.query('UPDATE account SET plivo_auth_token = ? WHERE auth_id = ?', [
      this.crypto.seal(plivoTokenPlace(authId), authToken),
      authId,
    ]);
    const old = await tx.query<{ id: string }[]>(
      "SELECT id FROM api_token WHERE owner_id = ? AND origin = 'settings'",
      [authId],
    );
    for (const { id } of old) await this.credentials.remove(tx, authId, id);
    await this.credentials.add(tx, authId, authToken, 'settings');
    this.webhookTokens.changed(authId);
  }
}

function firstAccount(config: Config, secrets: Secrets): FirstAccount {
  if (config.provider.firstAccount) return { ...config.provider.firstAccount, name: 'Main' };
  if (secrets.demoAuthToken === null)
    throw new Error('neither credentials nor a demo token: nothing to make an account of');
  return { authId: DEMO_AUTH_ID, authToken: secrets.demoAuthToken, name: 'Demo' };
}
