import { lookup as resolve, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import type { Readable } from 'node:stream';
import { Agent } from 'undici';
import type { PlivoCredentials } from './plivo-transport.js';
import { isPublicAddress } from '../platform/outgoing/public-address.js';
import { parseUrl } from '../platform/parse-url.js';

/** A recording's sound as Plivo's server hands it out. */
export interface OpenedMedia {
  body: Readable;
  /** What the server says it will send; null when it does not say. */
  length: number | null;
}

/** An address where no recording of Plivo's can be; asking again changes nothing. */
export class MediaRefused extends Error {
  override readonly name = 'MediaRefused';
}

/** The media server did not hand out the recording, this time. `status` is 0 when there was no answer. */
export class MediaUnavailable extends Error {
  override readonly name = 'MediaUnavailable';
  constructor(
    readonly status: number,
    reason: string,
  ) {
    super(reason);
  }
}

const MOST_REDIRECTS = 3;
const CONNECT_MS = 5_000;
const HEADERS_MS = 20_000;
/** Between two pieces of the body. */
const SILENCE_MS = 30_000;
const LIMITS = { headersTimeout: HEADERS_MS, bodyTimeout: SILENCE_MS };

/**
 * Reads recordings from wherever Plivo says they are: public hosts, asked by https whatever the address says, or the origin of its REST API whatever that is. Credentials go to
 * Plivo's own hosts only and never along a redirect; at most three redirects are followed, under the same rule.
 */
export class RecordingMedia {
  private readonly toPublic = new Agent({ connect: { timeout: CONNECT_MS, lookup: publicLookup }, ...LIMITS });
  private readonly toApi = new Agent({ connect: { timeout: CONNECT_MS }, ...LIMITS });

  /** `apiOrigin`: scheme, host and port of Plivo's REST API. */
  constructor(private readonly apiOrigin: string) {}

  async open(credentials: PlivoCredentials, mediaUrl: string, signal: AbortSignal): Promise<OpenedMedia> {
    let url = this.secured(new URL(mediaUrl));
    for (let redirects = 0; ; redirects += 1) {
      const isApi = url.origin === this.apiOrigin;
      if (!isApi) refuseUnlessPublic(url);
      const isOwn = isApi || /(^|\.)plivo\.com$/.test(url.hostname);
      const answer = await this.ask(url, isOwn && redirects === 0 ? credentials : null, signal);
      const { statusCode: status, headers } = answer;
      if (status === 200) return { body: answer.body, length: lengthOf(headers['content-length']) };
      await answer.body.dump().catch(() => undefined);
      const { location } = headers;
      const next = typeof location === 'string' ? parseUrl(location, url.href) : null;
      if (status < 300 || status >= 400 || next === null)
        throw new MediaUnavailable(status, `the media server answered with status ${status}`);
      if (redirects === MOST_REDIRECTS) throw new MediaRefused(`expected at most ${MOST_REDIRECTS} redirects`);
      url = next;
    }
  }

  /** Redirects are not: a server that knows TLS and sends elsewhere without it is not to be followed. */
  private secured(url: URL): URL {
    return url.origin === this.apiOrigin ? url : securely(url);
  }

  async close(): Promise<void> {
    await Promise.all([this.toPublic.destroy(), this.toApi.destroy()]);
  }

  private async ask(url: URL, credentials: PlivoCredentials | null, signal: AbortSignal) {
    try {
      return await (url.origin === this.apiOrigin ? this.toApi : this.toPublic).request({
        origin: url.origin,
        path: url.pathname + url.search,
        method: 'GET',
        headers: credentials === null ? {} : { authorization: basic(credentials) },
        signal,
      });
    } catch (error) {
      const { code = '', name } = error as NodeJS.ErrnoException;
      if (code === PRIVATE_ADDRESS) throw new MediaRefused('the media address is not public', { cause: error });
      throw new MediaUnavailable(0, `the media server could not be reached: ${code || name}`);
    }
  }
}

const PRIVATE_ADDRESS = 'ERR_PRIVATE_ADDRESS';

/**
 * The address over TLS. Plivo's pages and older recordings name the same objects of the same hosts with http, where who can listen on the way would hear
 * the call. A port that is written out is another server's.
 */
export function securely(url: URL): URL {
  if (url.protocol !== 'http:' || url.port !== '') return url;
  const secure = new URL(url);
  secure.protocol = 'https:';
  return secure;
}

function refuseUnlessPublic(url: URL): void {
  if (url.protocol !== 'https:') throw new MediaRefused('expected an https address of the media');
  if (url.username !== '' || url.password !== '')
    throw new MediaRefused('expected a media address without credentials');
  // Literals never pass through the look-up below.
  if (isIP(url.hostname.replace(/^\[|\]$/g, '')) !== 0)
    throw new MediaRefused('expected a media address with a host name');
}

/**
 * Every address of a name must be public, and the connection goes to one of those that were checked: an account's holder chooses the name, and must not reach our own network with it.
 */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  resolve(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    if (error) return callback(error, [], 4);
    if (addresses.some(({ address }) => !isPublicAddress(address)))
      return callback(Object.assign(new Error('not public'), { code: PRIVATE_ADDRESS }), [], 4);
    const [first] = addresses;
    if (options.all || !first) return callback(null, addresses, 4);
    return callback(null, first.address, first.family);
  });
};

function basic({ authId, authToken }: PlivoCredentials): string {
  return `Basic ${Buffer.from(`${authId}:${authToken}`).toString('base64')}`;
}

function lengthOf(header: string | string[] | undefined): number | null {
  return typeof header === 'string' && /^\d{1,15}$/.test(header) ? Number(header) : null;
}
