import { standardHeaders } from '../callbacks/index.js';

export const SECRET_PREFIX = 'whsec_';

/** The headers of Standard Webhooks. `secret` as it was shown; `seconds` since 1970, when it is sent. */
export function alertHeaders(
  secret: string,
  sent: { id: string; seconds: number; body: string },
): Record<string, string> {
  return standardHeaders([Buffer.from(secret.slice(SECRET_PREFIX.length), 'base64')], sent);
}
