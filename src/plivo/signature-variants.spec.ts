import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { SignedRequest } from './signature.js';
import { v3Signer } from './signature-variants.js';

const signV3ForAll = ({ token, ...request }: SignedRequest & { token: string }): string => v3Signer(request)(token);

// What the SDKs' validators sign, written from their sources in our words; each is handed the URL that was requested and a form's parameters.
type Form = Record<string, string>;
type Validator = (method: string, url: string, form: Form) => string;
const sorted = (map: Form, between: string, joint: string) =>
  Object.keys(map)
    .toSorted((a, b) => (a < b ? -1 : 1))
    .map((name) => name + between + map[name])
    .join(joint);
const split = (query: string): Form =>
  Object.fromEntries(
    query
      .split('&')
      .flatMap((pair) =>
        pair.includes('=') ? [[pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]] : [],
      ),
  );
const unescape = (text: string): string => decodeURIComponent(text.replaceAll('+', ' '));

const withoutPort =
  (isPathDecoded: boolean): Validator =>
  (method, url, form) => {
    const { protocol, hostname, pathname, search } = new URL(url);
    const base = `${protocol}//${hostname}${isPathDecoded ? unescape(pathname) : pathname}`;
    if (search === '') return `${base}?${sorted(form, method === 'GET' ? '=' : '', method === 'GET' ? '&' : '')}`;
    const inUrl = sorted(split(unescape(search.slice(1))), '=', '&');
    return `${base}?${inUrl}${method === 'GET' ? '' : `.${sorted(form, '', '')}`}`;
  };
const php: Validator = (method, url, form) => {
  const { origin, pathname, search } = new URL(url);
  const inUrl = search === '' ? '' : sorted(split(search.slice(1)), '=', '&');
  const text = `${origin}${pathname}?${inUrl}${method === 'GET' ? '' : (inUrl === '' ? '' : '.') + sorted(form, '', '')}`;
  return Buffer.from(text, 'utf8').toString('latin1');
};
const VALIDATORS: [string, Validator][] = [
  ['PHP', php],
  ['Ruby', withoutPort(false)],
  ['Java and .NET', withoutPort(true)],
];

const NONCE = '12345678901234567890';
const hash = (text: string, token: string): string =>
  createHmac('sha256', token).update(`${text}.${NONCE}`).digest('base64');

const value = fc.oneof(
  fc.stringMatching(/^[ -~]{0,20}$/),
  fc.constantFrom('', 'ü€😀', '2026-11-22 19:03:07+00:00', '+14155550123'),
);
const form = fc.dictionary(fc.constantFrom('EventName', 'From', 'To', 'Amount', 'SessionUUID'), value, {
  minKeys: 1,
  noNullPrototype: true,
});
const queryValue = fc.oneof(fc.stringMatching(/^[A-Za-z0-9 :+,.]{0,12}$/), fc.constantFrom('', 'é', 'a b'));
const url = fc
  .tuple(
    fc.constantFrom('https://example.com', 'https://example.com:8443', 'http://127.0.0.1:8080'),
    fc.constantFrom('/', '/hook', '/deep/prefix/hook', '/with%20space', '/%C3%A9'),
    fc.dictionary(fc.stringMatching(/^q[a-z]{1,4}$/), queryValue, { maxKeys: 3, noNullPrototype: true }),
  )
  .map(([origin, path, query]) => {
    const search = new URLSearchParams(query).toString();
    return `${origin}${path}${search === '' ? '' : `?${search}`}`;
  });

describe('the list of signatures V3', () => {
  it.each(VALIDATORS)('has the one that the validator of %s computes of a POST', (_, validator) => {
    fc.assert(
      fc.property(url, form, (given, params) => {
        const list = signV3ForAll({
          method: 'POST',
          url: given,
          params: Object.entries(params),
          nonce: NONCE,
          token: 't',
        });
        expect(list.split(',')).toContain(hash(validator('POST', given, params), 't'));
        expect(list.split(',')).not.toContain(hash(validator('POST', given, { ...params, Amount: '9' }), 'tx'));
      }),
      { numRuns: 500, seed: 20261129 },
    );
  });

  it.each(VALIDATORS)('has the one that the validator of %s computes of a GET', (_, validator) => {
    const plain = form.filter((params) => Object.values(params).every((text) => !/[&#=]/.test(text)));
    fc.assert(
      fc.property(url, plain, (given, params) => {
        const seen = `${given}${given.includes('?') ? '&' : '?'}${new URLSearchParams(params).toString()}`;
        const list = signV3ForAll({ method: 'GET', url: seen, params: [], nonce: NONCE, token: 't' });
        expect(list.split(',')).toContain(hash(validator('GET', seen, {}), 't'));
      }),
      { numRuns: 500, seed: 20261129 },
    );
  });

  it('is one signature where all compute the same, and none forgets a repeated parameter', () => {
    const request = { method: 'POST' as const, params: [['From', '1'] as const], nonce: NONCE, token: 't' };
    expect(signV3ForAll({ ...request, url: 'https://example.com/hook' }).split(',')).toHaveLength(1);
    expect(signV3ForAll({ ...request, url: 'https://example.com:8443/hook' }).split(',')).toHaveLength(2);
    const twice = signV3ForAll({ ...request, url: 'https://example.com/hook?a=1&a=2' }).split(',');
    expect(twice).not.toContain(hash('https://example.com/hook?a=2.From1', 't'));
  });
});
