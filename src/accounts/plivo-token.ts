import type { EntityManager } from 'typeorm';
import type { Crypto, SealedPlace } from '../platform/crypto/crypto.js';

/** Where an account's Plivo token is sealed. */
export function plivoTokenPlace(accountId: string): SealedPlace {
  return { column: 'account.plivo_auth_token', row: accountId, account: accountId };
}

/** An account's credentials at Plivo, opened; null when there is no such account. */
export async function readPlivoToken(
  manager: EntityManager,
  crypto: Crypto,
  accountId: string,
): Promise<{ authId: string; authToken: string } | null> {
  const [row] = await manager.query<{ plivo_auth_id: string; plivo_auth_token: string }[]>(
    'SELECT plivo_auth_id, plivo_auth_token FROM account WHERE auth_id = ?',
    [accountId],
  );
  if (!row) return null;
  return { authId: row.plivo_auth_id, authToken: crypto.open(plivoTokenPlace(accountId), row.plivo_auth_token) };
}
