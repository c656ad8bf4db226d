import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock } from '../platform/clock.js';
import { Crypto, type SealedPlace } from '../platform/crypto/crypto.js';
import { Database } from '../platform/database/database.js';
import { selection } from '../platform/database/rows.js';
import { NotFound } from '../platform/errors.js';
import { Config } from '../platform/settings/config.js';
import { ACCOUNTS, SUBACCOUNTS, SUBACCOUNTS_AT_PLIVO } from './account.entity.js';
import { parentOf } from './accounts.js';
import { isLeftOver } from './demo-account.js';
import { ShortLived } from './short-lived.js';

const AT_PLIVO = selection(ACCOUNTS.pick(['plivoAuthId', 'plivoAuthToken']));

const OWN_ID = selection(ACCOUNTS.pick(['authId']));

const SUBACCOUNT_TOKENS = selection({
  ...SUBACCOUNTS.pick(['authId', 'accountId'], 's'),
  ...SUBACCOUNTS_AT_PLIVO.pick(['plivoAuthToken'], 'p'),
});
const AT_PLIVO_OF_OURS = 'FROM subaccount_at_plivo p JOIN subaccount s ON s.auth_id = p.auth_id';
const PAIRS = selection(SUBACCOUNTS.pick(['authId', 'accountId'], 's'));

/** Where an account's Plivo token is sealed. */
export function plivoTokenPlace(accountId: string): SealedPlace {
  return { column: 'account.plivo_auth_token', row: accountId, account: accountId };
}

/** Where a subaccount's own Plivo token is sealed. */
export function subaccountTokenPlace(authId: string, accountId: string): SealedPlace {
  return { column: 'subaccount_at_plivo.plivo_auth_token', row: authId, account: accountId };
}

/** The subaccounts' own credentials at Plivo, opened; those without a token there are left out. `only`: of one of them. */
export async function readSubaccountCredentials(
  manager: EntityManager,
  crypto: Crypto,
  accountId: string,
  only?: string,
): Promise<{ authId: string; authToken: string }[]> {
  const rows = await SUBACCOUNT_TOKENS.read(
    manager,
    `${AT_PLIVO_OF_OURS} WHERE s.account_id = ?${only === undefined ? '' : ' AND s.auth_id = ?'} ORDER BY s.auth_id`,
    only === undefined ? [accountId] : [accountId, only],
  );
  return rows.map(({ authId, plivoAuthToken }) => ({
    authId,
    authToken: crypto.open(subaccountTokenPlace(authId, accountId), plivoAuthToken),
  }));
}

/** The subaccounts of all accounts that have a token of their own at Plivo. */
export async function subaccountsAtPlivo(
  manager: EntityManager,
): Promise<{ accountId: string; subaccountId: string }[]> {
  const rows = await PAIRS.read(manager, `${AT_PLIVO_OF_OURS} ORDER BY s.auth_id`);
  return rows.map(({ accountId, authId }) => ({ accountId, subaccountId: authId }));
}

/** Whose an Auth ID of Plivo is, the account's own or one of its subaccounts'; null when nobody has it. */
export async function accountAtPlivo(manager: EntityManager, plivoAuthId: string): Promise<string | null> {
  const [own] = await OWN_ID.read(manager, 'FROM account WHERE plivo_auth_id = ? ORDER BY created_at LIMIT 1', [
    plivoAuthId,
  ]);
  return own?.authId ?? parentOf(manager, plivoAuthId);
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

  /** Of a subaccount where it has its own: what is a subaccount's, calls and their records, recordings and applications, Plivo may keep for it alone. */
  async of(accountId: string, subaccountId: string | null = null): Promise<{ authId: string; authToken: string }> {
    if (subaccountId !== null) {
      const [own] = await this.database.read((manager) =>
        readSubaccountCredentials(manager, this.crypto, accountId, subaccountId),
      );
      if (own) return own;
    }
    const found = await this.database.read((manager) => readPlivoCredentials(manager, this.crypto, accountId));
    if (!found) throw new NotFound('no account has this auth_id');
    return found;
  }
}

/** With what Plivo signs an account's webhooks: on its own path with any of its tokens, on a subaccount's with that one's or the account's. */
export interface SigningTokens {
  accountId: string;
  tokens: string[];
}

/** Asked on every webhook, hence remembered for up to 5 s. */
@Injectable()
export class WebhookTokens {
  private readonly opened: ShortLived<SigningTokens | null>;

  constructor(database: Database, crypto: Crypto, clock: Clock, config: Config) {
    this.opened = new ShortLived(clock, async (authId) => {
      return database.read(async (manager) => {
        const parent = await parentOf(manager, authId);
        const accountId = parent ?? authId;
        if (isLeftOver(accountId, config)) return null;
        const found = await readPlivoCredentials(manager, crypto, accountId);
        if (!found) return null;
        const theirs = await readSubaccountCredentials(
          manager,
          crypto,
          accountId,
          parent === null ? undefined : authId,
        );
        return { accountId, tokens: [found.authToken, ...theirs.map(({ authToken }) => authToken)] };
      });
    });
  }

  /** Null when no account has this Auth ID, and for a trial's. A disabled account's go on: calls of its live sessions do. */
  of(authId: string): Promise<SigningTokens | null> {
    return this.opened.get(authId);
  }

  /** A token that is taken on this path is being replaced in an open transaction. */
  changed(authId: string): void {
    this.opened.distrust(authId);
  }
}
