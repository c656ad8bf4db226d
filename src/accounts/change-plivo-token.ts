import { Injectable } from '@nestjs/common';
import { Crypto, isEqualSecret } from '../platform/crypto/crypto.js';
import { Database, type Tx } from '../platform/database/database.js';
import { selection } from '../platform/database/rows.js';
import { ACCOUNTS, SUBACCOUNTS, SUBACCOUNTS_AT_PLIVO } from './account.entity.js';
import { TokenOfSettings, TooManyTokens } from './accounts.errors.js';
import { parentOf } from './accounts.js';
import { Credentials } from './credentials.js';
import { EnsureFirstAccount } from './ensure-first-account.js';
import {
  plivoTokenPlace,
  readSubaccountCredentials,
  subaccountTokenPlace,
  WebhookTokens,
} from './plivo-credentials.js';
import { lockOwner, MAX_LIVE_TOKENS } from './tokens.js';

const IDS = selection(SUBACCOUNTS.pick(['authId']));

/**
 * Takes over the token that an account or subaccount has at Plivo from now on. The former one is taken for nothing more: here from the commit on, in
 * other processes within 5 s, because Plivo revokes it at once too. Jobs ask Plivo with the new one from their next question on.
 * A subaccount's programs use its Plivo token here, so the new one takes the former's place among the tokens of the REST API; an account's have
 * tokens of their own. Refuses the account of the settings.
 */
@Injectable()
export class ChangePlivoToken {
  constructor(
    private readonly database: Database,
    private readonly crypto: Crypto,
    private readonly firstAccount: EnsureFirstAccount,
    private readonly credentials: Credentials,
    private readonly webhookTokens: WebhookTokens,
  ) {}

  async run(tx: Tx, ownerId: string, authToken: string): Promise<void> {
    await lockOwner(this.database, tx, ownerId);
    const accountId = await parentOf(tx, ownerId);
    if (accountId === null) await this.ofAccount(tx, ownerId, authToken);
    else await this.ofSubaccount(tx, { accountId, authId: ownerId, authToken });
  }

  private async ofAccount(tx: Tx, accountId: string, authToken: string): Promise<void> {
    if (this.firstAccount.isOfSettings(accountId)) throw new TokenOfSettings();

    const plivoAuthToken = this.crypto.seal(plivoTokenPlace(accountId), authToken);
    await ACCOUNTS.update(tx, { plivoAuthToken }, 'WHERE auth_id = ?', [accountId]);
    // It signs on the paths of the account's subaccounts too.
    const theirs = await IDS.read(tx, 'FROM subaccount WHERE account_id = ?', [accountId]);
    for (const id of [accountId, ...theirs.map(({ authId }) => authId)]) this.webhookTokens.changed(id);
  }

  private async ofSubaccount(
    tx: Tx,
    { accountId, authId, authToken }: { accountId: string; authId: string; authToken: string },
  ): Promise<void> {
    const [former] = await readSubaccountCredentials(tx, this.crypto, accountId, authId);
    const plivoAuthToken = this.crypto.seal(subaccountTokenPlace(authId, accountId), authToken);
    if (former) await SUBACCOUNTS_AT_PLIVO.update(tx, { plivoAuthToken }, 'WHERE auth_id = ?', [authId]);
    else await SUBACCOUNTS_AT_PLIVO.insert(tx, { authId, plivoAuthToken });
    await this.letIn(tx, authId, { former: former?.authToken ?? null, authToken });
    for (const id of [accountId, authId]) this.webhookTokens.changed(id);
  }

  /** In the former's place; where an operator has revoked that for programs, the new one opens nothing either. */
  private async letIn(
    tx: Tx,
    ownerId: string,
    { former, authToken }: { former: string | null; authToken: string },
  ): Promise<void> {
    const live = (await this.credentials.read(tx, ownerId))?.tokens ?? [];
    const replaced = former === null ? undefined : live.find(({ token }) => isEqualSecret(token, former));
    if (former !== null && !replaced) return;
    if (former === null && live.length >= MAX_LIVE_TOKENS) throw new TooManyTokens();

    if (replaced) await this.credentials.remove(tx, ownerId, replaced.id);
    await this.credentials.add(tx, ownerId, authToken, 'issued');
  }
}
