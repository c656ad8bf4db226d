import { createHmac } from 'node:crypto';
import { newNonce } from '../platform/ids.js';
import { signV2, v3Signer, type SignedRequest } from '../plivo/index.js';
import { formDecoded } from './contract.js';

export interface CallbackSigners {
  /** Tokens of the session's owner, account or subaccount, oldest first. */
  own: readonly string[];
  /** Tokens of the main account, oldest first. */
  main: readonly string[];
}

/** A callback as it goes to a receiver. `body` is null for a GET, whose parameters are in the URL. */
export interface CallbackRequest {
  url: string;
  method: 'GET' | 'POST';
  headers: Record<string, string>;
  body: string | null;
}

/**
 * The request that brings a callback to a URL, signed as the receiver sees it: normalised, and without the fragment. `seconds` since 1970, when it is sent; receivers hold
 * it against their own clocks.
 */
export function signedRequest(
  { id, method, form }: { id: string; method: 'GET' | 'POST'; form: string },
  url: string,
  signers: CallbackSigners,
  seconds: number,
): CallbackRequest {
  const target = new URL(url);
  target.hash = '';
  if (method === 'GET') target.search = target.search === '' ? form : `${target.search.slice(1)}&${form}`;
  const body = method === 'POST' ? form : null;
  const headers = signatureHeaders(
    { method, url: target.href, params: method === 'POST' ? formDecoded(form) : [], nonce: newNonce() },
    signers,
    { id, seconds, body: body ?? '' },
  );
  const typed = { ...headers, 'content-type': 'application/x-www-form-urlencoded' };
  return { url: target.href, method, headers: method === 'POST' ? typed : headers, body };
}

/**
 * Headers by which a receiver knows that a callback is ours: Plivo's V3 and V2, keyed with the owner's token and, as `Ma`, with the main account's,
 * and those of Standard Webhooks, which alone tell a repetition or a replay: the id stays the same on every attempt and the time does not.
 * V3 is a list with whatever text an official SDK's validator builds of the request.
 * V3 and Standard Webhooks carry a signature for each live token. V2 has room for one: the oldest, which receivers know until the customer retires it.
 *
 * The Standard Webhooks secret is the Auth Token itself, as `whsec_` + Base64 of its bytes; a GET has an empty body there.
 */
export function signatureHeaders(
  request: SignedRequest,
  { own, main }: CallbackSigners,
  { id, seconds, body }: { id: string; seconds: number; body: string },
): Record<string, string> {
  const sign = v3Signer(request);
  const v3 = (tokens: readonly string[]): string => tokens.map(sign).join(',');
  const v2 = ([oldest = '']: readonly string[]): string => signV2({ ...request, token: oldest });
  return {
    'x-plivo-signature-v3': v3(own),
    'x-plivo-signature-ma-v3': v3(main),
    'x-plivo-signature-v3-nonce': request.nonce,
    'x-plivo-signature-v2': v2(own),
    'x-plivo-signature-ma-v2': v2(main),
    'x-plivo-signature-v2-nonce': request.nonce,
    ...standardHeaders(own, { id, seconds, body }),
  };
}

/** Those of Standard Webhooks, with a signature for each key. `seconds` since 1970, when it is sent. */
export function standardHeaders(
  keys: readonly (string | Buffer)[],
  { id, seconds, body }: { id: string; seconds: number; body: string },
): Record<string, string> {
  const signed = keys.map((key) => createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64'));
  return {
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': signed.map((digest) => `v1,${digest}`).join(' '),
  };
}
