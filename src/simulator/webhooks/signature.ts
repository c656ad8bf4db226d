import { createHmac, randomInt } from 'node:crypto';

export type WebhookMethod = 'GET' | 'POST';
export type Parameters = readonly (readonly [string, string])[];

export interface SignedRequest {
  method: WebhookMethod;
  url: string;
  /** The form body of a POST; for GET, parameters beside those of the URL. */
  params: Parameters;
  nonce: string;
}

export function newNonce(): string {
  let nonce = String(randomInt(1, 10));
  while (nonce.length < 20) nonce += String(randomInt(10));
  return nonce;
}

export function signV3(request: SignedRequest, token: string): string {
  const { base, query } = splitUrl(request.url);
  return hmac(`${signedText(base, query, request)}.${request.nonce}`, token);
}

export function signV2(url: string, nonce: string, token: string): string {
  return hmac(splitUrl(url).base + nonce, token);
}

/** As two official SDKs read what is not ASCII: UTF-8 taken for Latin-1, and written as UTF-8 again. */
export function signV3Double(request: SignedRequest, token: string): string {
  const { base, query } = splitUrl(request.url);
  const text = `${signedText(base, query, request)}.${request.nonce}`;
  return hmac(Buffer.from(text, 'utf8').toString('latin1'), token);
}

/** Every header of both generations, for the token of the number's owner and that of the main account. */
export function signatureHeaders(request: SignedRequest, tokens: { owner: string; main: string }) {
  const { url, nonce } = request;
  return {
    'X-Plivo-Signature-V3': signV3(request, tokens.owner),
    'X-Plivo-Signature-Ma-V3': signV3(request, tokens.main),
    'X-Plivo-Signature-V3-Nonce': nonce,
    'X-Plivo-Signature-V2': signV2(url, nonce, tokens.owner),
    'X-Plivo-Signature-Ma-V2': signV2(url, nonce, tokens.main),
    'X-Plivo-Signature-V2-Nonce': nonce,
  };
}

function signedText(base: string, query: Parameters, { method, params }: SignedRequest): string {
  if (method === 'GET') {
    const all = [...query, ...params];
    return all.length === 0 ? base : `${base}?${asQuery(all)}`;
  }
  const body = sorted(params)
    .map(([name, value]) => name + value)
    .join('');
  if (query.length > 0) return `${base}?${asQuery(query)}${params.length > 0 ? `.${body}` : ''}`;
  // The lone question mark before a body without a query is what the platform signs.
  return params.length > 0 ? `${base}?${body}` : base;
}

/** Scheme, host, port and path stay exactly as written: a port that is spelled out counts even when it is the default one. */
function splitUrl(url: string): { base: string; query: Parameters } {
  const [beforeFragment = ''] = url.split('#', 1);
  const mark = beforeFragment.indexOf('?');
  if (mark < 0) return { base: beforeFragment, query: [] };
  return { base: beforeFragment.slice(0, mark), query: [...new URLSearchParams(beforeFragment.slice(mark + 1))] };
}

function asQuery(params: Parameters): string {
  return sorted(params)
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function sorted(params: Parameters): Parameters {
  return [...params].sort(([nameA, valueA], [nameB, valueB]) => compare(nameA, nameB) || compare(valueA, valueB));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function hmac(text: string, token: string): string {
  return createHmac('sha256', token).update(text).digest('base64');
}
