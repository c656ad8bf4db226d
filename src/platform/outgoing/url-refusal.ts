import { isIP } from 'node:net';
import { isPublicAddress } from './public-address.js';
import { asRouted } from '../http/request-url.js';
import { parseUrl } from '../parse-url.js';

/**
 * Why a URL is not tried; stored and shown to operators.
 *
 * - `too-long`: more than 8000 characters
 * - `invalid`: no absolute URL, or one with spaces, control characters, backslashes or a host that is no DNS name
 * - `scheme`: not https
 * - `credentials`: a user name or password before the host
 * - `own-webhook`: below `/plivo/` of this service
 * - `port`: neither 443 nor above 1023, or the usual port of a service that is not HTTP
 * - `private-address`: a literal address that is not public, or a name that only means something inside a network
 * - `ip-literal`: a public address instead of a name
 *
 * Where private addresses are allowed, the last three never occur; where http is, `scheme` means neither http nor https, and 80 is a port too.
 */
export const URL_REFUSALS = [
  'too-long',
  'invalid',
  'scheme',
  'credentials',
  'own-webhook',
  'port',
  'private-address',
  'ip-literal',
] as const;
export type UrlRefusal = (typeof URL_REFUSALS)[number];

/** What the operator allows beyond https to public names. */
export interface UrlRules {
  /** Any address and port. */
  readonly allowPrivate: boolean;
  /** Left out: as `allowPrivate`. */
  readonly allowHttp?: boolean;
  /** Under which Plivo reaches this service, without slash at the end. */
  readonly own?: string;
}

/** A callback by GET carries its parameters here, so more than the 1000 characters that a session may name. */
const MAX_LENGTH = 8000;

/**
 * Services that live above 1023 and are commonly open to the inside only: databases, caches, queues, remote desktops and the
 * controls of clusters. A public name may lead to a port forwarded on the same public address, and how fast a handshake
 * fails would tell the owner of the URL what listens there.
 */
const SERVICE_PORTS = new Set([
  1433, 1521, 2049, 2181, 2375, 2376, 2379, 2380, 3306, 3389, 4222, 5060, 5061, 5432, 5433, 5671, 5672, 5900, 5984,
  5985, 5986, 6000, 6379, 6380, 6443, 6667, 6697, 8500, 8501, 9042, 9092, 9200, 9300, 10_250, 10_255, 11_211, 15_672,
  26_379, 27_017, 27_018,
]);

/** Names that no public DNS answers for, or that are answered differently inside a network. */
const INSIDE_NAMES = /(?:^|\.)(?:localhost|localdomain|local|internal|intranet|private|lan|home|corp|home\.arpa)$/;
/** Underscores are no part of host names, but of names in the DNS, and receivers with them exist. */
const DNS_NAME = /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*$/;

/** What can be known of a URL without resolving its name; null when it may be tried. */
export function urlRefusal(text: string, rules: UrlRules): UrlRefusal | null {
  if (text.length > MAX_LENGTH) return 'too-long';
  // The parser mends what follows the scheme: `https:\\host` and `https:host` would come out as `https://host`.
  const authority = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]+)/i.exec(text)?.[1];
  const url = parseUrl(text);
  if (authority === undefined || /[\s\\\p{Cc}]/u.test(text) || url === null) return 'invalid';
  if (!isSchemeAllowed(url.protocol, rules)) return 'scheme';
  if (authority.includes('@')) return 'credentials';
  if (leadsBack(url, rules.own)) return 'own-webhook';
  return hostRefusal(url.hostname, rules.allowPrivate) ?? (rules.allowPrivate || isPortAllowed(url) ? null : 'port');
}

/**
 * Whether a URL is one where Plivo alone asks. Callbacks of a subaccount are signed with the token of its account too, and with that Plivo signs webhooks: whoever chose
 * such a URL would tell us what Plivo has not. One of the signatures leaves the port out.
 */
function leadsBack(url: URL, own = ''): boolean {
  const ownUrl = parseUrl(own);
  const isHere = [url.origin, `${url.protocol}//${url.hostname}`].some((origin) => origin === ownUrl?.origin);
  if (ownUrl === null || !isHere) return false;
  return asRouted(url.pathname).startsWith(`${ownUrl.pathname.replace(/\/$/, '')}/plivo/`);
}

/** `[::1]` as the address in it; every other host unchanged. */
export function bareHost(hostname: string): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}

function isSchemeAllowed(protocol: string, { allowPrivate, allowHttp = allowPrivate }: UrlRules): boolean {
  return protocol === 'https:' || (allowHttp && protocol === 'http:');
}

function hostRefusal(hostname: string, allowPrivate: boolean): UrlRefusal | null {
  const host = bareHost(hostname);
  if (isIP(host) !== 0) {
    if (allowPrivate) return null;
    return isPublicAddress(host) ? 'ip-literal' : 'private-address';
  }
  const name = host.replace(/\.$/, '');
  if (!allowPrivate && (!name.includes('.') || INSIDE_NAMES.test(name))) return 'private-address';
  // A dot at the end makes another name of the same host, which certificates do not have.
  return name === host && DNS_NAME.test(name) ? null : 'invalid';
}

function isPortAllowed({ port }: URL): boolean {
  // Empty where it is the scheme's own.
  const number = Number(port);
  return port === '' || number === 443 || (number > 1023 && !SERVICE_PORTS.has(number));
}
