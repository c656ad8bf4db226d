import type { Crypto } from '../platform/crypto/crypto.js';
import { parseUrl } from '../platform/parse-url.js';

/** A customer's server as deliveries see it: who fails, waits and is paused together. */
export interface Receiver {
  accountId: string;
  /** Scheme, host and port. */
  origin: string;
  /** Keyed digest of both. */
  lane: string;
}

export function receiverOf(crypto: Crypto, accountId: string, url: string): Receiver {
  const origin = parseUrl(url)?.origin ?? '';
  return { accountId, origin, lane: crypto.fingerprint(`lane:${accountId}:${origin}`) };
}
