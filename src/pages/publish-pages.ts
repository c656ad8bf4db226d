import { NotFoundException } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { readSite, type Asset, type Site } from './site.js';

/** What the pages tell of the service that they belong to. Whoever may ask for a page reads it: no credentials, no numbers. */
interface PageFacts {
  version: string;
  provider: 'plivo' | 'simulator';
  isProduction: boolean;
}

/** Everything comes from this origin, and nothing stands inline: neither script nor style. Sounds are recordings, which the console plays. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "media-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const ALWAYS = { 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' };
const OF_PAGES = {
  ...ALWAYS,
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': POLICY,
  'cross-origin-opener-policy': 'same-origin',
  vary: 'accept',
};
/** Their names hold a hash of what is in them. */
const OF_ASSETS = { ...ALWAYS, 'cache-control': 'public, max-age=31536000, immutable', vary: 'accept-encoding' };
/** In the order in which we like them best. */
const ENCODINGS = ['br', 'gzip'] as const;
const FACTS = '__FACTS__';

/** `/` and `/console` for people, and beside the simulator `/phones`. Programs, which do not ask for text/html, get the 404 of every unknown path. */
export function publishPages(
  instance: FastifyInstance,
  { seesOperators, ...facts }: PageFacts & { seesOperators: (request: FastifyRequest) => boolean },
): void {
  // Read when first asked for: a start does not wait for it.
  let site: Site | null = null;
  const loaded = (): Site | null => (site ??= readSite());
  const page = (name: string) => (request: FastifyRequest, reply: FastifyReply) => {
    if (!/\btext\/html\b/i.test(request.headers.accept ?? '')) throw new NotFoundException();
    return sendPage(reply, loaded()?.pages.get(name), { ...facts, hasOperators: seesOperators(request) });
  };

  instance.get('/', page('index.html'));
  instance.get<{ Params: { file: string } }>('/assets/:file', (request, reply) => {
    const asset = loaded()?.assets.get(request.params.file);
    if (asset === undefined) throw new NotFoundException();
    return sendAsset(reply, asset, String(request.headers['accept-encoding'] ?? ''));
  });
  instance.get('/console', page('console.html'));
  // Its addresses stand behind the `#`, so that no number that somebody looks for reaches a log. A path is led there.
  instance.get<{ Params: { '*': string } }>('/console/*', (request, reply) => reply.redirect(behindHash(request), 302));
  if (facts.provider !== 'simulator') return;
  instance.get('/phones', page('phones.html'));
  // Its files are named relative to it, as a proxy may have taken a prefix off the path.
  instance.get('/phones/', (_, reply) => reply.redirect('../phones', 308));
}

/** `/console/calls/1?x=2` as `../../console#/calls/1?x=2`: relative, as a proxy may have taken a prefix off the path. */
function behindHash({ url, params }: FastifyRequest<{ Params: { '*': string } }>): string {
  const [, query] = url.split('?', 2);
  const below = params['*'];
  const up = '../'.repeat(below.split('/').length);
  const place = below.split('/').map(encodeURIComponent).join('/');
  return `${up}console${place === '' && query === undefined ? '' : `#/${place}${query === undefined ? '' : `?${query}`}`}`;
}

function sendPage(
  reply: FastifyReply,
  text: string | undefined,
  facts: PageFacts & { hasOperators: boolean },
): FastifyReply {
  if (text === undefined)
    return reply
      .code(503)
      .headers({ ...OF_PAGES, 'content-type': 'text/plain; charset=utf-8' })
      .send('The pages have not been built. Run "npm run build", then load this page again.\n');
  return reply.headers(OF_PAGES).send(text.replace(FACTS, () => asAttribute(JSON.stringify(facts))));
}

function sendAsset(reply: FastifyReply, asset: Asset, accepted: string): FastifyReply {
  const encoding = ENCODINGS.find((name) => asset[name] !== undefined && takes(accepted, name));
  void reply.headers({ ...OF_ASSETS, 'content-type': asset.type });
  if (encoding === undefined) return reply.send(asset.plain);
  return reply.header('content-encoding', encoding).send(asset[encoding]);
}

/** Whether an `Accept-Encoding` names the encoding and does not rule it out. */
function takes(accepted: string, encoding: string): boolean {
  return accepted.split(',').some((part) => {
    const [name = '', ...rest] = part.split(';').map((text) => text.trim().toLowerCase());
    return name === encoding && !rest.some((text) => /^q=0(?:\.0*)?$/.test(text));
  });
}

function asAttribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
