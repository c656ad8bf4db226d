import { InvalidRequest } from '../platform/errors.js';
import { urlRefusal, type UrlRefusal } from '../platform/outgoing/url-refusal.js';
import { isFitForXml, isTooLong, LONGEST_WEB_URL } from '../platform/web-url.js';
import type { Config } from '../platform/settings/config.js';

const EXPECTED: Record<UrlRefusal, string> = {
  'too-long': `at most ${LONGEST_WEB_URL} characters`,
  invalid: 'an absolute URL',
  scheme: 'https://',
  credentials: 'no user name and password in it',
  // The same call asking here again gets the same answer, for ever.
  'own-webhook': 'a URL that does not lead back here',
  port: 'port 443, or 80 of http, or one above 1023 that is no usual port of another service',
  'private-address': 'a host that Plivo can reach',
  'ip-literal': 'a host name in place of an address',
};

/** Refuses what Plivo could not be sent to, by the rules of callback URLs, and what leads back here. The URL is not repeated: it may hold a token. */
export function requireUnroutedUrl(text: string, { callbacks }: Pick<Config, 'callbacks'>): void {
  const refusal = isTooLong(text) ? 'too-long' : isFitForXml(text) ? urlRefusal(text, callbacks) : 'invalid';
  if (refusal !== null) throw refused(`${EXPECTED[refusal]} (${refusal})`);
}

function refused(expected: string): InvalidRequest {
  return new InvalidRequest(`unrouted_url: expected ${expected}, or null`, { param: 'unrouted_url' });
}
