import { createHmac, timingSafeEqual } from 'node:crypto';
import { parse } from 'node:querystring';

/** Names and values in the order in which they came; a name may come twice. */
export type ParamList = readonly (readonly [name: string, value: string])[];

export interface SignedRequest {
  method: 'GET' | 'POST';
  /** The public URL exactly as Plivo was told it: scheme, host, written port, path, query. A fragment is ignored. */
  url: string;
  /** The form parameters of a POST. For a GET, parameters that `url` does not carry yet. */
  params: ParamList;
  nonce: string;
}

export interface SignatureClaim {
  method: string;
  url: string;
  params: ParamList;
  nonce: string | undefined;
  /** Values of the V3 and Ma-V3 headers; each may be a comma list while the sender has several live tokens. */
  headers: readonly (string | undefined)[];
  /** Every token the request may be signed with. */
  tokens: readonly string[];
  /** Whether what is not ASCII may also have been signed as two official SDKs read it: UTF-8 taken for Latin-1. */
  isDoubleTaken?: boolean;
}

const MAX_HEADER_LENGTH = 4096;
/** No dot: the nonce is joined to the signed text with one, and a dot inside would let bytes wander between a value and the nonce. */
const NONCE = /^[A-Za-z0-9_-]{1,64}$/;
const SIGNATURE = /^[A-Za-z0-9+/]{43}=$/;
const ABSOLUTE_URL = /^https?:\/\/[^/?#]/i;

/** Signature V3: HMAC-SHA256 in Base64 over URL, parameters and nonce. */
export function signV3({ token, ...request }: SignedRequest & { token: string }): string {
  return hmac(signedText(request), token);
}

/** Signature V2: covers neither the query nor the body. For sending; nothing that comes in is trusted on it. */
export function signV2({ url, nonce, token }: { url: string; nonce: string; token: string }): string {
  return hmac(splitUrl(url).base + nonce, token);
}

/** Whether any offered V3 signature was made with any of the tokens. Never throws; what is odd is unsigned. */
export function isSignedByAny({
  method,
  url,
  params,
  nonce,
  headers,
  tokens,
  isDoubleTaken = false,
}: SignatureClaim): boolean {
  if ((method !== 'GET' && method !== 'POST') || !ABSOLUTE_URL.test(url)) return false;
  if (nonce === undefined || !NONCE.test(nonce)) return false;
  const offered = headers.flatMap(offeredSignatures);
  if (offered.length === 0) return false;

  const text = signedText({ method, url, params, nonce });
  const texts = isDoubleTaken ? [text, Buffer.from(text, 'utf8').toString('latin1')] : [text];
  return isAnyOf(offered, texts, tokens);
}

/**
 * Whether V2 was made with any of the tokens. It covers neither query nor body: whoever has seen one may have written another body, so what comes so is a
 * hint, to be asked Plivo about.
 */
export function isV2ByAny({ url, nonce, headers, tokens }: Omit<SignatureClaim, 'method' | 'params'>): boolean {
  if (!ABSOLUTE_URL.test(url) || nonce === undefined || !NONCE.test(nonce)) return false;
  return isAnyOf(headers.flatMap(offeredSignatures), [splitUrl(url).base + nonce], tokens);
}

function isAnyOf(offered: readonly Buffer[], texts: readonly string[], tokens: readonly string[]): boolean {
  let isSigned = false;
  if (offered.length === 0) return isSigned;
  for (const token of tokens) {
    // An empty key would make a signature that anybody can compute.
    if (token === '') continue;
    for (const text of texts) {
      const expected = Buffer.from(hmac(text, token), 'latin1');
      for (const signature of offered) if (timingSafeEqual(expected, signature)) isSigned = true;
    }
  }
  return isSigned;
}

/** Compared as Base64 text: decoded, four different spellings of the last letter would be the same digest. */
function offeredSignatures(header: string | undefined): Buffer[] {
  if (header === undefined || header.length > MAX_HEADER_LENGTH) return [];
  const entries = header.split(',').map((entry) => entry.trim());
  return entries.filter((entry) => SIGNATURE.test(entry)).map((entry) => Buffer.from(entry, 'latin1'));
}

export function signedText({ method, url, params, nonce }: SignedRequest): string {
  const { base, query } = splitUrl(url);
  if (method === 'GET') {
    const all = joined([...queryParams(query), ...params], '=', '&');
    return `${base}${all === '' ? '' : `?${all}`}.${nonce}`;
  }
  const inUrl = joined(queryParams(query), '=', '&');
  // A body without a query still gets the question mark; the dot stands only between the two.
  const mark = inUrl !== '' || params.length > 0 ? '?' : '';
  const dot = inUrl !== '' && params.length > 0 ? '.' : '';
  return `${base}${mark}${inUrl}${dot}${joined(params, '', '')}.${nonce}`;
}

export function splitUrl(url: string): { base: string; query: string } {
  const withoutFragment = url.split('#', 1)[0] ?? '';
  const mark = withoutFragment.indexOf('?');
  if (mark === -1) return { base: withoutFragment, query: '' };
  return { base: withoutFragment.slice(0, mark), query: withoutFragment.slice(mark + 1) };
}

export function queryParams(query: string): ParamList {
  const parsed = parse(query, '&', '=', { maxKeys: 0 });
  return Object.entries(parsed).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value ?? '']).map((each) => [name, each] as const),
  );
}

export function joined(params: ParamList, betweenNameAndValue: string, betweenPairs: string): string {
  const sorted = params.toSorted((a, b) => inCodeUnits(a[0], b[0]) || inCodeUnits(a[1], b[1]));
  return sorted.map(([name, value]) => name + betweenNameAndValue + value).join(betweenPairs);
}

function inCodeUnits(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

export function hmac(text: string, token: string): string {
  return createHmac('sha256', token).update(text).digest('base64');
}
