import { createHmac } from 'node:crypto';

export const SECRET_PREFIX = 'whsec_';

/** The headers of Standard Webhooks. `secret` as it was shown; `seconds` since 1970, when it is sent. */
export function alertHeaders(
  secret: string,
  { id, seconds, body }: { id: string; seconds: number; body: string },
): Record<string, string> {
  const key = Buffer.from(secret.slice(SECRET_PREFIX.length), 'base64');
  const digest = createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': String(seconds), 'webhook-signature': `v1,${digest}` };
}
