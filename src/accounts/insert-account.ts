import type { Crypto } from '../platform/crypto/crypto.js';
import type { Tx } from '../platform/database/database.js';
import type { Account } from './account.entity.js';
import { plivoTokenPlace } from './plivo-token.js';

/** `plivoAuthToken` comes open and is stored sealed. Fails on a taken Auth ID with the database's duplicate-key error. */
export async function insertAccount(tx: Tx, crypto: Crypto, account: Account): Promise<void> {
  await tx.query(
    'INSERT INTO account (auth_id, name, plivo_auth_id, plivo_auth_token, created_at) VALUES (?, ?, ?, ?, ?)',
    [
      account.authId,
      account.name,
      account.plivoAuthId,
      crypto.seal(plivoTokenPlace(account.authId), account.plivoAuthToken),
      account.createdAt,
    ],
  );
}
