import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formDecoded, formEncoded } from './contract.js';
import { signatureHeaders } from './sign-callback.js';

const NONCE = '12345678901234567890';

interface Case {
  method: 'GET' | 'POST';
  url: string;
  token: string;
  v2: string;
  v3: string;
  params: Record<string, string>;
}

/** The official validators in a process of their own: they ask for `instanceof Array`, which is another class inside the test runner's realm. */
const VALIDATE = `
  const { validateV3Signature, validateSignature } = require('plivo');
  const cases = JSON.parse(require('fs').readFileSync(0, 'utf8'));
  console.log(JSON.stringify(cases.map(({ method, url, token, v2, v3, params }) => ({
    v3: validateV3Signature(method, url, '${NONCE}', token, v3, params),
    v2: validateSignature(url, '${NONCE}', v2, token),
  }))));`;

function judged(cases: Case[]): { v2: boolean; v3: boolean }[] {
  const output = execFileSync(process.execPath, ['-e', VALIDATE], {
    input: JSON.stringify(cases),
    maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.parse(output.toString()) as { v2: boolean; v3: boolean }[];
}

const ENVELOPE = { id: '0190b0c0-0000-7000-8000-000000000001', seconds: 1_795_378_995 };

/** Signs as a delivery does, and gives what the receiver sees. */
function delivered(method: 'GET' | 'POST', given: string, params: [string, string][], own: string[], main = own) {
  const url = new URL(given);
  url.hash = '';
  const form = formEncoded(params);
  if (method === 'GET') url.search = url.search === '' ? form : `${url.search.slice(1)}&${form}`;
  const body = method === 'POST' ? form : '';
  const request = { method, url: url.href, params: method === 'POST' ? formDecoded(form) : [], nonce: NONCE };
  return { url: url.href, body, headers: signatureHeaders(request, { own, main }, { ...ENVELOPE, body }) };
}

const token = fc.stringMatching(/^[A-Za-z0-9_-]{20,40}$/);
const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9]{0,15}$/);
const value = fc.oneof(
  fc.string({ maxLength: 30 }),
  fc.constantFrom('', '+14155550123', 'Normal Hangup', 'a=b&c', 'ü€😀', '100%', '.', 'a+b'),
);
const params = fc.uniqueArray(fc.tuple(name, value), { maxLength: 15, selector: ([key]) => key });
const word = fc.stringMatching(/^[A-Za-z0-9._~-]{1,12}$/);
const url = fc
  .tuple(
    fc.constantFrom('https', 'http'),
    fc.constantFrom('example.com', 'hooks.example.co.uk', 'xn--bcher-kva.example', '127.0.0.1', 'EXAMPLE.org'),
    fc.constantFrom('', ':8443', ':8080'),
    fc.array(word, { maxLength: 4 }),
    fc.uniqueArray(fc.tuple(fc.stringMatching(/^q[a-z0-9]{1,6}$/), word), { maxLength: 3, selector: ([key]) => key }),
    fc.constantFrom('', '#rc=2&ct=500'),
  )
  .map(([scheme, host, port, path, query, fragment]) => {
    const search = query.map(([key, text]) => `${key}=${text}`).join('&');
    return `${scheme}://${host}${port}/${path.join('/')}${search === '' ? '' : `?${search}`}${fragment}`;
  });

/** What a receiver hands to a validator: one case for the plain signatures, one for the `Ma` ones. */
function casesOf(method: 'GET' | 'POST', given: string, told: [string, string][], own: string, main: string): Case[] {
  const { url: seen, headers } = delivered(method, given, told, [own], [main]);
  const heard = { method, url: seen, params: method === 'POST' ? Object.fromEntries(told) : {} };
  return [
    { ...heard, token: own, v3: headers['x-plivo-signature-v3'] ?? '', v2: headers['x-plivo-signature-v2'] ?? '' },
    {
      ...heard,
      token: main,
      v3: headers['x-plivo-signature-ma-v3'] ?? '',
      v2: headers['x-plivo-signature-ma-v2'] ?? '',
    },
  ];
}

describe('the signatures of a callback', () => {
  it.each(['GET', 'POST'] as const)('are accepted by the official validators, V3 and V2, own and Ma: %s', (method) => {
    const samples = fc.sample(fc.tuple(url, params, token, token), { numRuns: 1000, seed: 20261122 });
    const cases = samples.flatMap(([given, told, own, main]) => casesOf(method, given, told, own, main));
    // A customer's own query may name a parameter of ours.
    cases.push(...casesOf(method, 'https://example.com/hook?From=1&From=0', [['From', '']], 'own', 'main'));

    const verdicts = judged(cases);
    expect(cases.filter((_, index) => !verdicts[index]?.v3 || !verdicts[index]?.v2)).toEqual([]);
    // A validator that takes everything would prove nothing.
    const forged = judged(cases.slice(0, 20).map((each) => ({ ...each, token: `${each.token}x` })));
    expect(forged.filter(({ v2, v3 }) => v2 || v3)).toEqual([]);
  });

  it('hold for either token while one is being replaced; V2 for the older one', () => {
    const { url: seen, headers } = delivered('POST', 'https://example.com/hook', [['A', 'b']], ['older', 'newer']);
    const heard = { method: 'POST' as const, url: seen, params: { A: 'b' } };
    const signatures = { v3: headers['x-plivo-signature-v3'] ?? '', v2: headers['x-plivo-signature-v2'] ?? '' };
    expect(judged(['older', 'newer', 'other'].map((each) => ({ ...heard, ...signatures, token: each })))).toEqual([
      { v3: true, v2: true },
      { v3: true, v2: false },
      { v3: false, v2: false },
    ]);
  });

  it('are those of Standard Webhooks over id, time and body, one for each token', () => {
    const { body, headers } = delivered('POST', 'https://example.com/hook', [['A', 'b c']], ['one', 'two']);
    const expected = ['one', 'two'].map((key) => {
      const signed = `${ENVELOPE.id}.${ENVELOPE.seconds}.${body}`;
      return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
    });
    expect(headers).toMatchObject({
      'webhook-id': ENVELOPE.id,
      'webhook-timestamp': '1795378995',
      'webhook-signature': expected.join(' '),
    });
  });
});
