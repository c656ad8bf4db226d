import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FORBIDDEN_IPV4, FORBIDDEN_IPV6, forbiddenAnswers, forbiddenUrls } from '../../../bench/forbidden-urls.mjs';
import { Clock } from '../clock.js';
import { Outgoing } from './outgoing.js';
import { isPublicAddress } from './public-address.js';
import type { ResolveName } from './resolve-name.js';
import { urlRefusal } from './url-refusal.js';
import { anyCharacter } from '../../../test/support/any-character.js';

/** Public by the registries' words, but handed out to nobody, so that a test that fails knocks at no stranger's door. */
const NOBODY = '2f00::1';
const TIMES = { connectMs: 200, readMs: 200, totalMs: 400 };

const outgoing = (resolve: ResolveName, allowPrivate = false) => new Outgoing(new Clock(), { allowPrivate, resolve });
const post = (from: Outgoing, url: string) => from.send({ url, method: 'POST', headers: {}, body: 'a=b', ...TIMES });
const answers = (addresses: string[]) =>
  addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

describe('public addresses', () => {
  it.each([...FORBIDDEN_IPV4, ...FORBIDDEN_IPV6, 'fe80::1%eth0', '2606:4700::1%eth0', '', 'localhost', '1.2.3'])(
    'has none in %s',
    (address) => {
      expect(isPublicAddress(address)).toBe(false);
    },
  );

  it.each(
    `
    1.1.1.1 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 169.253.255.255
    169.255.0.0 172.15.255.255 172.32.0.0 192.0.1.0 192.0.3.0 192.167.255.255 192.169.0.0 198.17.255.255
    198.20.0.0 223.255.255.255 2000::1 2001:200::1 2001:4860::8888 2003::1 2606:4700::1 2a00::1 3ffe:ffff::1
    `
      .trim()
      .split(/\s+/),
  )('has %s among them', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it('has no IPv6 address outside 2000::/3, whatever follows', () => {
    const group = fc.integer({ min: 0, max: 0xffff });
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        const isUnicast = ((groups[0] ?? 0) & 0xe000) === 0x2000;
        const address = groups.map((each) => each.toString(16)).join(':');
        if (!isUnicast) expect(isPublicAddress(address)).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a URL that is not tried', () => {
  it.each([
    ['https://hooks.example.com', null],
    ['https://hooks.example.com/status?a=b#rc=2', null],
    ['HTTPS://Hooks.Example.COM:443/', null],
    ['https://hooks.example.com:8443/', null],
    ['https://hooks.example.com:1024/', null],
    ['https://my_host.example.com/', null],
    ['https://bücher.example/', null],
    ['http://hooks.example.com/', 'scheme'],
    ['ftp://hooks.example.com/', 'scheme'],
    ['javascript://hooks.example.com/%0aalert(1)', 'scheme'],
    ['https://user:word@hooks.example.com/', 'credentials'],
    ['https://@hooks.example.com/', 'credentials'],
    ['https://hooks.example.com:80/', 'port'],
    ['https://hooks.example.com:22/', 'port'],
    ['https://hooks.example.com:0/', 'port'],
    ['https://hooks.example.com:1023/', 'port'],
    ['https://hooks.example.com:3306/', 'port'],
    ['https://hooks.example.com:6379/', 'port'],
    ['https://hooks.example.com:65536/', 'invalid'],
    ['https://hooks.example.com./', 'invalid'],
    ['https://hooks..example.com/', 'invalid'],
    ['https://-hooks.example.com/', 'invalid'],
    [`https://${'a'.repeat(64)}.example.com/`, 'invalid'],
    ['https://hooks example.com/', 'invalid'],
    ['https://hooks.example.com/a b', 'invalid'],
    ['https://', 'invalid'],
    ['hooks.example.com', 'invalid'],
    ['', 'invalid'],
    [`https://hooks.example.com/${'a'.repeat(8000)}`, 'too-long'],
    ['https://localhost/', 'private-address'],
    ['https://127.0.0.1/', 'private-address'],
    ['https://[::ffff:8.8.8.8]/', 'private-address'],
    ['https://8.8.8.8/', 'ip-literal'],
    ['https://[2001:4860:4860::8888]/', 'ip-literal'],
  ])('%s: %s', (url, refusal) => {
    expect(urlRefusal(url, { allowPrivate: false })).toBe(refusal);
  });

  it.each([
    ['http://localhost:3000/hook', null],
    ['http://127.0.0.1:25/', null],
    ['http://[::1]:8080/', null],
    ['http://receiver/', null],
    ['https://8.8.8.8/', null],
    ['ftp://localhost/', 'scheme'],
    ['http://user@localhost/', 'credentials'],
    ['http:\\\\localhost/', 'invalid'],
    [`http://localhost/${'a'.repeat(8000)}`, 'too-long'],
  ])('%s where private addresses are allowed: %s', (url, refusal) => {
    expect(urlRefusal(url, { allowPrivate: true })).toBe(refusal);
  });

  it.each([
    ['http://hooks.example.com/', null],
    ['http://hooks.example.com:80/', null],
    ['http://hooks.example.com:8080/', null],
    ['https://hooks.example.com/', null],
    ['http://hooks.example.com:25/', 'port'],
    ['http://hooks.example.com:3306/', 'port'],
    ['http://localhost/', 'private-address'],
    ['http://10.0.0.1/', 'private-address'],
    ['http://8.8.8.8/', 'ip-literal'],
    ['ftp://hooks.example.com/', 'scheme'],
  ])('%s where http is allowed: %s', (url, refusal) => {
    expect(urlRefusal(url, { allowPrivate: false, allowHttp: true })).toBe(refusal);
  });

  it('http may be refused where private addresses are allowed', () => {
    const rules = { allowPrivate: true, allowHttp: false };
    expect([urlRefusal('http://localhost/', rules), urlRefusal('https://localhost/', rules)]).toEqual(['scheme', null]);
  });

  it.each([
    ['https://masking.example/plivo/MAIN/answer', 'https://masking.example', 'own-webhook'],
    ['https://MASKING.example:443/x/../%70liv%6F/MAIN/answer#rc=1', 'https://masking.example', 'own-webhook'],
    ['https://masking.example:8443/plivo/MAIN/answer', 'https://masking.example', 'own-webhook'],
    ['https://masking.example/simulator/inbox', 'https://masking.example', null],
    ['https://masking.example.org/plivo/hook', 'https://masking.example', null],
    ['https://shared.example/masking/plivo/MAIN/answer', 'https://shared.example/masking', 'own-webhook'],
    ['https://shared.example/plivo/hook', 'https://shared.example/masking', null],
    ['http://localhost:8420/plivo/MAIN/answer', 'http://localhost:8420', 'own-webhook'],
    ['http://localhost:3000/plivo/hook', 'http://localhost:8420', null],
  ])('%s of a service at %s: %s', (url, own, refusal) => {
    expect(urlRefusal(url, { allowPrivate: own.startsWith('http:'), own })).toBe(refusal);
  });

  it('no spelling of an IPv4 address hides it', () => {
    const radix = fc.constantFrom<(value: number) => string>(
      (value) => String(value),
      (value) => `0x${value.toString(16)}`,
      (value) => `0${value.toString(8)}`,
      (value) => `000${value.toString(8)}`,
      (value) => `0X${value.toString(16).toUpperCase()}`,
    );
    const address = fc.integer({ min: 0, max: 0xffff_ffff });
    fc.assert(
      fc.property(address, fc.integer({ min: 1, max: 4 }), fc.array(radix, { minLength: 4, maxLength: 4 }), spelt),
      { numRuns: 3000 },
    );

    function spelt(number: number, parts: number, spell: ((value: number) => string)[]): void {
      const bytes = [24, 16, 8, 0].map((shift) => (number >>> shift) & 255);
      const last = bytes.slice(parts - 1).reduce((sum, byte) => sum * 256 + byte, 0);
      const host = [...bytes.slice(0, parts - 1), last].map((value, index) => spell[index]?.(value)).join('.');
      const expected = isPublicAddress(bytes.join('.')) ? 'ip-literal' : 'private-address';
      expect([host, urlRefusal(`https://${host}/`, { allowPrivate: false })]).toEqual([host, expected]);
    }
  });

  it('never throws, and what it lets through is https to a name', () => {
    const piece = fc.oneof(
      fc.constantFrom('https:', 'http:', '//', '/', '\\', '@', ':', '[', ']', '::1', '%', '.', '#', '?', '127.0.0.1'),
      fc.constantFrom('a.example.com', 'localhost', '443', '%2e', '\t', ' ', '0x7f', '。'),
      fc.string({ maxLength: 4, unit: anyCharacter }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), fc.boolean(), (pieces, isUrl) => {
        const text = (isUrl ? 'https://' : '') + pieces.join('');
        if (urlRefusal(text, { allowPrivate: false }) !== null) return;
        const url = new URL(text);
        expect([url.protocol, url.username, url.password]).toEqual(['https:', '', '']);
        expect(url.hostname).toMatch(/^[a-z0-9_.-]*\.[a-z0-9_-]*[a-z_-][a-z0-9_-]*$/);
      }),
      { numRuns: 5000 },
    );
  });
});

describe('a private address', () => {
  let server: Server;
  let port = 0;
  let connections = 0;
  beforeAll(async () => {
    server = createServer((socket) => {
      connections += 1;
      socket.destroy();
    }).listen(0, '::');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => void server.close());

  it('is reached by none of its spellings, and the same spellings reach it where it is allowed', async () => {
    const urls = forbiddenUrls(port);
    expect(urls.length).toBeGreaterThan(900);
    const refusing = outgoing(async () => answers(['127.0.0.1']));
    for (const url of urls) {
      expect([url, refusing.refusal(url)]).not.toEqual([url, null]);
      expect([url, await post(refusing, url)]).toMatchObject([url, { kind: 'failed', error: 'refused-url' }]);
    }
    expect(connections).toBe(0);

    const allowing = outgoing(async () => answers(['127.0.0.1']), true);
    const loopback = urls.filter((url) => URL.canParse(url) && /^(?:127\.|\[::1\]$)/.test(new URL(url).hostname));
    for (const url of loopback) await post(allowing, url);
    expect(connections).toBeGreaterThan(40);
    allowing.onModuleDestroy();
  });

  it('is not dialled when a name has it among its addresses', async () => {
    const before = connections;
    const url = `https://hooks.example.com:${port}/`;
    for (const addresses of forbiddenAnswers({ publicIpv4: '198.41.0.4', publicIpv6: NOBODY })) {
      const exchange = await post(
        outgoing(async () => answers(addresses)),
        url,
      );
      expect([addresses, exchange]).toMatchObject([addresses, { kind: 'failed', error: 'refused-address' }]);
    }
    expect(connections).toBe(before);

    await post(
      outgoing(async () => answers(['127.0.0.1']), true),
      url,
    );
    expect(connections).toBe(before + 1);
  });

  it('is not dialled when a name changes its addresses between two answers', async () => {
    const before = connections;
    let asked = 0;
    const rebinding = outgoing(async () => {
      asked += 1;
      return answers([asked % 2 === 1 ? NOBODY : '127.0.0.1']);
    });
    const errors: string[] = [];
    for (let round = 0; round < 6; round += 1) {
      const exchange = await post(rebinding, `https://hooks.example.com:${port}/`);
      errors.push(exchange.kind === 'failed' ? exchange.error : exchange.kind);
    }
    // Asked once for each attempt: what was checked is what was dialled.
    expect(asked).toBe(6);
    expect(errors.filter((_, index) => index % 2 === 1)).toEqual(Array(3).fill('refused-address'));
    expect(errors.filter((_, index) => index % 2 === 0).every((error) => error.startsWith('connect'))).toBe(true);
    expect(connections).toBe(before);
  });
});
