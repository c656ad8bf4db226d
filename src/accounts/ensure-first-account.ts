import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock.js';
import { Config } from '../platform/settings/config.js';
import { Crypto, isEqualSecret } from '../platform/crypto/crypto.js';
import { Secrets } from '../platform/settings/data-folder.js';
import { Database, type Tx } from '../platform/database/database.js';
import { orStartOver } from '../platform/database/key-races.js';
import { selection } from '../platform/database/rows.js';
import { ACCOUNTS, API_TOKENS } from './account.entity.js';
import { AccountSettings } from './account-settings.js';
import { insertAccount } from './create-account.js';
import { Credentials } from './credentials.js';
import { DEMO_AUTH_ID } from './demo-account.js';
import { plivoTokenPlace, readPlivoCredentials, WebhookTokens } from './plivo-credentials.js';

const TOKEN_IDS = selection(API_TOKENS.pick(['id']));

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
  private ensured: string | null = null;

  constructor(
    private readonly database: Database,
    private readonly crypto: Crypto,
    private readonly clock: Clock,
    private readonly credentials: Credentials,
    private readonly webhookTokens: WebhookTokens,
    private readonly settings: AccountSettings,
  ) {}

  /** Returns the account's Auth ID. */
  async run(config: Config, secrets: Secrets): Promise<string> {
    const first = firstAccount(config, secrets);
    this.ensured = first.authId;
    await this.database.transaction(async (tx) => {
      const known = await readPlivoCredentials(tx, this.crypto, first.authId);
      if (known === null) await this.create(tx, first);
      else if (!isEqualSecret(first.authToken, known.authToken)) await this.follow(tx, first);
    });
    return first.authId;
  }

  /** Whether this account's token is that of the settings at each start. */
  isOfSettings(accountId: string): boolean {
    return accountId === this.ensured;
  }

  private async create(tx: Tx, { authId, authToken, name }: FirstAccount): Promise<void> {
    const account = { authId, name, plivoAuthId: authId, plivoAuthToken: authToken, createdAt: this.clock.now() };
    // Another process may start at the same time.
    await orStartOver(insertAccount(tx, this.crypto, account));
    await this.settings.begin(tx, authId);
    await this.credentials.add(tx, authId, authToken, 'settings');
    this.webhookTokens.changed(authId);
  }

  private async follow(tx: Tx, { authId, authToken }: FirstAccount): Promise<void> {
    const plivoAuthToken = this.crypto.seal(plivoTokenPlace(authId), authToken);
    await ACCOUNTS.update(tx, { plivoAuthToken }, 'WHERE auth_id = ?', [authId]);
    const old = await TOKEN_IDS.read(tx, "FROM api_token WHERE owner_id = ? AND origin = 'settings'", [authId]);
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
