import { hmac, joined, signedText, splitUrl, type ParamList, type SignedRequest } from './signature.js';

/**
 * Signatures V3 of one request that the validators of all official SDKs look for, as a comma list; the first is the one that Node's, Python's and Go's
 * compute. PHP's does not decode the query, sorts naturally and takes UTF-8 for Latin-1; Java's, Ruby's and .NET's leave the port out and take the
 * query apart after decoding it, Java's and .NET's decode the path too. Most callbacks have one text for all, and so one signature. Every text holds
 * URL (but for the port), nonce and all parameters: where a validator would forget one, as of repeated names the first, there is no signature for it.
 */
export function v3Signer(request: SignedRequest): (token: string) => string {
  // Once for all tokens: the texts take longer than their hashes.
  const texts = [...new Set([signedText(request), ...variants(request)])];
  return (token) => texts.map((text) => hmac(text, token)).join(',');
}

function variants(request: SignedRequest): string[] {
  const texts = [phpText(request), decodedText(request, true), decodedText(request, false)];
  return texts.filter((text) => text !== null);
}

const natural = new Intl.Collator('en', { numeric: true });
/** Digits by their number, everything else by its code. */
function inNaturalOrder(a: string, b: string): number {
  if (!/\d/.test(a) || !/\d/.test(b)) return Number(a > b) - Number(a < b);
  const [own, other] = [a.match(/\d+|\D/g) ?? [], b.match(/\d+|\D/g) ?? []];
  for (const [index, part] of own.entries()) {
    const against = other[index];
    if (against === undefined) return 1;
    const isNumeric = /^\d/.test(part) && /^\d/.test(against);
    const order = isNumeric ? natural.compare(part, against) : Number(part > against) - Number(part < against);
    if (order !== 0) return order;
  }
  return own.length - other.length;
}

function phpText({ method, url, params, nonce }: SignedRequest): string | null {
  const { base, query } = splitUrl(url);
  const pairs = pairsOf(query);
  if (pairs === null || pairs.some(([, value]) => value.includes('='))) return null;
  const order = (list: ParamList): ParamList =>
    list.toSorted((a, b) => inNaturalOrder(a[0], b[0]) || inNaturalOrder(a[1], b[1]));
  const inUrl = order(method === 'GET' ? [...pairs, ...params] : pairs)
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  const body =
    method === 'GET'
      ? ''
      : order(params)
          .map(([name, value]) => name + value)
          .join('');
  const text = withParts({ base, inUrl, body });
  return Buffer.from(`${text}.${nonce}`, 'utf8').toString('latin1');
}

function decodedText({ method, url, params, nonce }: SignedRequest, isPathDecoded: boolean): string | null {
  const { base, query } = splitUrl(url);
  const pairs = pairsOf(decoded(query));
  const path = isPathDecoded ? decoded(base) : base;
  if (pairs === null || path === null) return null;
  const all = method === 'GET' ? [...pairs, ...params] : pairs;
  // Java's would take what stands behind it for a fragment.
  if (new Set(all.map(([name]) => name)).size < all.length || decoded(query)?.includes('#')) return null;
  const inUrl = joined(all, '=', '&');
  const body = method === 'GET' ? '' : joined(params, '', '');
  return `${withParts({ base: path.replace(/^(https?:\/\/[^/]*?):\d+(?=\/|$)/i, '$1'), inUrl, body })}.${nonce}`;
}

function withParts({ base, inUrl, body }: { base: string; inUrl: string; body: string }): string {
  const mark = inUrl !== '' || body !== '' ? '?' : '';
  return `${base}${mark}${inUrl}${inUrl !== '' && body !== '' ? '.' : ''}${body}`;
}

/** Null where a pair has no equals sign: validators drop those. */
function pairsOf(query: string | null): ParamList | null {
  if (query === null) return null;
  if (query === '') return [];
  const pairs = query.split('&');
  if (pairs.some((pair) => !pair.includes('='))) return null;
  return pairs.map((pair) => {
    const at = pair.indexOf('=');
    return [pair.slice(0, at), pair.slice(at + 1)] as const;
  });
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return null;
  }
}
