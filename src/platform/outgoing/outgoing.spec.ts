import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { FakeClock } from '../../../test/support/ground.js';
import { selfSigned } from '../../../test/support/certificates.js';
import { startRawServer, type RawServer, type RawServerOptions } from '../../../test/support/raw-server.js';
import { Outgoing, type Exchange, type OutgoingRequest } from './outgoing.js';
import type { ResolveName } from './resolve-name.js';

const clock = new FakeClock();
const outgoings: Outgoing[] = [];
const servers: RawServer[] = [];

function outgoing(options: { resolve?: ResolveName; ca?: string } = {}): Outgoing {
  const made = new Outgoing(clock, { allowPrivate: true, ...options });
  outgoings.push(made);
  return made;
}

async function serve(answer: (socket: Socket, request: string) => void, options?: RawServerOptions) {
  const server = await startRawServer(answer, options);
  servers.push(server);
  return server;
}

function ask(url: string, request: Partial<OutgoingRequest> = {}): OutgoingRequest {
  return { url, method: 'POST', headers: {}, body: 'a=b', connectMs: 3000, readMs: 3000, totalMs: 6000, ...request };
}

/** One request to a receiver that answers like this. */
async function exchangeWith(
  answer: string | Buffer | ((socket: Socket, request: string) => void),
  request: Partial<OutgoingRequest> = {},
): Promise<{ exchange: Exchange; server: RawServer; sender: Outgoing }> {
  const server = await serve(typeof answer === 'function' ? answer : (socket) => void socket.write(answer));
  const sender = outgoing();
  const exchange = await sender.send(ask(`http://127.0.0.1:${server.port}/hook`, request));
  return { exchange, server, sender };
}

/** Writes the same bytes again and again, as fast as the other side takes them or every so many milliseconds. */
function endlessly(socket: Socket, bytes: string | Buffer, everyMs?: number): void {
  if (everyMs === undefined) {
    const more = (): void => {
      while (!socket.destroyed && socket.write(bytes));
    };
    socket.on('drain', more);
    more();
    return;
  }
  const timer = setInterval(() => (socket.destroyed ? clearInterval(timer) : void socket.write(bytes)), everyMs);
  socket.once('close', () => clearInterval(timer));
}

async function closed(server: RawServer): Promise<void> {
  for (const socket of server.open) await new Promise<void>((resolve) => socket.once('close', () => resolve()));
}

const head = (status: string, ...headers: string[]) => [`HTTP/1.1 ${status}`, ...headers, '', ''].join('\r\n');
const answered = (status: number, body: string) => ({ kind: 'answered', status, body: Buffer.from(body) });

afterEach(async () => {
  for (const one of outgoings.splice(0)) one.onModuleDestroy();
  for (const server of servers.splice(0)) await server.close();
});

describe('an outgoing request', () => {
  it('goes out as it was given, without the fragment, and asks for no compression', async () => {
    const server = await serve((socket) => void socket.write(head('200 OK', 'Content-Length: 2') + 'ok'));
    const sender = outgoing();
    const url = `http://127.0.0.1:${server.port}/hook?a=%2B1&b=ü#rc=3`;
    const headers = { 'X-Test': '1', 'Accept-Encoding': 'gzip', Host: 'elsewhere', 'Content-Length': '9' };
    const exchange = await sender.send(ask(url, { headers, body: 'x=%2B&y=é' }));
    expect(exchange).toMatchObject({ ...answered(200, 'ok'), retryAfterSeconds: null });
    expect(exchange.durationMs).toBeLessThan(3000);
    await sender.send(ask(url, { method: 'GET', body: null }));

    const [posted = '', got = ''] = server.requests;
    expect(posted.split('\r\n')[0]).toBe('POST /hook?a=%2B1&b=%C3%BC HTTP/1.1');
    expect(Buffer.from(posted.split('\r\n\r\n')[1] ?? '', 'latin1').toString()).toBe('x=%2B&y=é');
    expect(
      posted
        .toLowerCase()
        .match(/^(?:host|accept-encoding|content-length|x-test): .*$/gm)
        ?.sort(),
    ).toEqual(['accept-encoding: identity', 'content-length: 10', `host: 127.0.0.1:${server.port}`, 'x-test: 1']);
    expect(got.split('\r\n')[0]).toBe('GET /hook?a=%2B1&b=%C3%BC HTTP/1.1');
    expect(got).not.toMatch(/content-length|transfer-encoding/i);
  });

  it('is not answered by following a redirect', async () => {
    const inside = await serve((socket) => void socket.write(head('200 OK', 'Content-Length: 0')));
    const { exchange } = await exchangeWith(
      head('302 Found', `Location: http://127.0.0.1:${inside.port}/`, 'Content-Length: 0'),
    );
    expect(exchange).toMatchObject(answered(302, ''));
    expect(inside.connections).toBe(0);
  });

  it('reports when to come again, by seconds or by date', async () => {
    const later = new Date(clock.now() + 90_000).toUTCString();
    for (const [value, seconds] of [
      ['120', 120],
      [later, 90],
      ['soon', null],
    ]) {
      const { exchange } = await exchangeWith(head('503 Busy', `Retry-After: ${value}`, 'Content-Length: 0'));
      expect(exchange).toMatchObject({ status: 503, retryAfterSeconds: seconds });
    }
  });

  it('can be called off before, while and after the answer begins', async () => {
    const early = AbortSignal.abort();
    const { exchange: never, server } = await exchangeWith(head('200 OK'), { signal: early });
    expect(never).toMatchObject({ kind: 'failed', error: 'aborted' });
    expect(server.requests).toEqual([]);

    const abort = new AbortController();
    const silent = await exchangeWith(() => abort.abort(), { signal: abort.signal });
    expect(silent.exchange).toMatchObject({ kind: 'failed', error: 'aborted' });
    await closed(silent.server);
  });

  it('refuses headers that are none', async () => {
    await expect(exchangeWith(head('200 OK'), { headers: { 'x-test': 'a\nb' } })).rejects.toThrow(/header/);
  });
});

describe('connections', () => {
  it('are kept for the next request to the same receiver and not shared by two at once', async () => {
    const server = await serve(
      (socket) => void socket.write(head('200 OK', 'Content-Length: 4000') + 'x'.repeat(4000)),
    );
    const sender = outgoing();
    const url = `http://127.0.0.1:${server.port}/`;
    // More in all than one answer may have.
    for (let round = 0; round < 40; round += 1) expect(await sender.send(ask(url))).toMatchObject({ status: 200 });
    expect(server.connections).toBe(1);
    await Promise.all([1, 2, 3].map(() => sender.send(ask(url))));
    expect(server.connections).toBe(3);
    expect(sender.idleConnections).toBe(3);
  });

  it('that the receiver closed are replaced without losing the request', async () => {
    const server = await serve((socket) => void socket.write(head('200 OK', 'Content-Length: 2') + 'ok'));
    const sender = outgoing();
    const url = `http://127.0.0.1:${server.port}/`;
    await sender.send(ask(url));
    for (const socket of server.open) socket.destroy();
    expect(await sender.send(ask(url))).toMatchObject({ status: 200 });
    expect([server.connections, server.requests.length]).toEqual([2, 2]);
    for (const socket of server.open) socket.destroy();
    // Forgotten without being asked for.
    while (sender.idleConnections > 0) await new Promise(setImmediate);
  });

  it('are not kept when the answer says so, has no end, or is HTTP/1.0', async () => {
    for (const answer of [
      head('200 OK', 'Connection: close', 'Content-Length: 2') + 'ok',
      head('200 OK', 'Content-Length: 3') + 'ok',
      'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok',
    ]) {
      const { exchange, server, sender } = await exchangeWith(answer, { totalMs: 800 });
      expect(exchange).toMatchObject(answered(200, 'ok'));
      expect(sender.idleConnections).toBe(0);
      await closed(server);
    }
  });

  it('that wait are at most 32 to one receiver', async () => {
    const waiting: Socket[] = [];
    const server = await serve((socket) => {
      waiting.push(socket);
      if (waiting.length === 40) for (const each of waiting) each.write(head('200 OK', 'Content-Length: 2') + 'ok');
    });
    const sender = outgoing();
    const url = `http://127.0.0.1:${server.port}/`;
    const exchanges = await Promise.all(Array.from({ length: 40 }, () => sender.send(ask(url))));
    expect(exchanges.every((exchange) => exchange.kind === 'answered')).toBe(true);
    expect([server.connections, sender.idleConnections]).toEqual([40, 32]);
  });

  it('stay few when there are many receivers', async () => {
    const server = createHttpServer((_request, response) => response.end('ok')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const sender = outgoing({ resolve: async () => [{ address: '127.0.0.1', family: 4 }] });
    let left = 400;
    const work = async (): Promise<void> => {
      while ((left -= 1) >= 0) {
        const exchange = await sender.send(ask(`http://host${left}.example.com:${port}/`));
        expect(exchange).toMatchObject({ status: 200 });
      }
    };
    await Promise.all(Array.from({ length: 20 }, work));
    expect(sender.idleConnections).toBeLessThanOrEqual(256);
    const open = await new Promise<number>((resolve) => server.getConnections((_error, count) => resolve(count)));
    expect(open).toBeLessThanOrEqual(256 + 20);
    sender.onModuleDestroy();
    server.close();
  });
});

describe('a receiver that misbehaves', () => {
  const forever = { readMs: 200, totalMs: 400 };
  /** Less than the time-outs, so that something else has ended the exchange. */
  const SOON_MS = 2000;

  it.each<[string, string | Buffer | ((socket: Socket) => void), object]>([
    ['says nothing', () => undefined, { error: 'timeout' }],
    ['drips its headers', (socket) => endlessly(socket, 'x', 20), { error: 'protocol' }],
    [
      'drips its headers in good order',
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\n');
        endlessly(socket, 'x-a: b\r\n', 20);
      },
      { error: 'timeout' },
    ],
    ['hangs up at once', (socket) => void socket.end(), { error: 'reset' }],
    ['resets at once', (socket) => void socket.resetAndDestroy(), { error: 'reset' }],
    ['hangs up in the status line', (socket) => void socket.end('HTTP/1.'), { error: 'reset' }],
    ['hangs up in the headers', (socket) => void socket.end('HTTP/1.1 200 OK\r\nA: b'), { error: 'reset' }],
    ['speaks no HTTP', 'SSH-2.0-OpenSSH_9.2\r\n', { error: 'protocol' }],
    ['says HTTP/2', Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]), { error: 'protocol' }],
    ['sends headers of more than 16 KiB', `HTTP/1.1 200 OK\r\na: ${'x'.repeat(17_000)}\r\n\r\n`, { error: 'protocol' }],
    ['sends headers without end', (socket) => endlessly(socket, 'x-a: b\r\n'.repeat(1000)), { error: 'protocol' }],
    [
      'sends a reason phrase without end',
      (socket) => {
        socket.write('HTTP/1.1 200 ');
        endlessly(socket, 'x'.repeat(1000));
      },
      { error: 'protocol' },
    ],
    ['switches protocols', head('101 Switching Protocols', 'Upgrade: x', 'Connection: upgrade'), { error: 'protocol' }],
    ['says 100 without end', (socket) => endlessly(socket, head('100 Continue').repeat(500)), { error: 'protocol' }],
    [
      'says 103 without end',
      (socket) => endlessly(socket, head('103 Early Hints', 'a: b').repeat(500)),
      { error: 'protocol' },
    ],
    ['has two lengths', head('200 OK', 'Content-Length: 1', 'Content-Length: 2') + 'ok', { error: 'protocol' }],
    [
      'has a length and chunks',
      head('200 OK', 'Content-Length: 2', 'Transfer-Encoding: chunked'),
      { error: 'protocol' },
    ],
  ])('and %s gets no status', async (_name, answer, expected) => {
    const isTimed = 'error' in expected && expected.error === 'timeout';
    const { exchange, server, sender } = await exchangeWith(answer, isTimed ? forever : {});
    expect(exchange).toMatchObject({ kind: 'failed', ...expected });
    expect(exchange.durationMs).toBeLessThan(SOON_MS);
    expect(sender.idleConnections).toBe(0);
    await closed(server);
  });

  const bomb = gzipSync(Buffer.alloc(10_000_000));

  it.each<[string, string | Buffer | ((socket: Socket) => void), number, string | Buffer]>([
    ['stops in its body', head('200 OK', 'Content-Length: 9') + 'ok', 200, 'ok'],
    ['hangs up in its body', (socket) => void socket.end(head('200 OK', 'Content-Length: 9') + 'ok'), 200, 'ok'],
    [
      'resets in its body',
      (socket) => {
        socket.write(head('500 Oh', 'Content-Length: 9') + 'ok', () => setTimeout(() => socket.resetAndDestroy(), 50));
      },
      500,
      'ok',
    ],
    ['has a body with 204', head('204 No Content', 'Content-Length: 2') + 'ok', 204, ''],
    ['has more body than it said', head('200 OK', 'Content-Length: 1') + 'ok', 200, 'o'],
    ['is of HTTP/1.0', (socket) => void socket.end('HTTP/1.0 200 OK\r\n\r\nok'), 200, 'ok'],
    [
      'ends its body by hanging up',
      (socket) => void socket.end(head('410 Gone', 'Connection: close') + 'ok'),
      410,
      'ok',
    ],
    ['breaks its chunks', head('200 OK', 'Transfer-Encoding: chunked') + '2\r\nok\r\nzz\r\n', 200, 'ok'],
    ['says 100 unasked', head('100 Continue') + head('200 OK', 'Content-Length: 2') + 'ok', 200, 'ok'],
    [
      'begins with empty lines',
      '\r\n\n' + head('100 Continue') + '\r\n' + head('200 OK', 'Content-Length: 3') + '100',
      200,
      '100',
    ],
    ['says 100 again and again', head('100 Continue', 'a: b').repeat(99) + head('410 Gone') + 'ok', 410, 'ok'],
    [
      'says 100 between hints, byte by byte',
      (socket) => {
        const all =
          head('103 Early Hints', 'a: 100') + head('100 ') + head('102 x') + head('500 100', 'b: 100') + '100';
        void (async () => {
          for (const byte of all) {
            await new Promise((written) => void socket.write(byte, written));
            await new Promise((turn) => void setImmediate(turn));
          }
          socket.end();
        })();
      },
      500,
      '100',
    ],
    ['gives hints first', head('103 Early Hints', 'a: b') + head('200 OK', 'Content-Length: 2') + 'ok', 200, 'ok'],
    [
      'sends a bomb',
      Buffer.concat([Buffer.from(head('200 OK', 'Content-Encoding: gzip', `Content-Length: ${bomb.length}`)), bomb]),
      200,
      bomb.subarray(0, 16_384),
    ],
  ])('and %s gets the status it sent', async (_name, answer, status, body) => {
    const { exchange } = await exchangeWith(answer, { totalMs: 1000 });
    expect(exchange).toMatchObject({ kind: 'answered', status, body: Buffer.from(body) });
    expect(exchange.durationMs).toBeLessThan(SOON_MS);
  });

  it('and says nothing is not waited for longer than `readMs`', async () => {
    const { exchange } = await exchangeWith(() => undefined, { readMs: 100, totalMs: 5000 });
    expect(exchange).toMatchObject({ kind: 'failed', error: 'timeout' });
    expect(exchange.durationMs).toBeLessThan(SOON_MS);
  });

  it('and drips its body is cut off when the time is up', async () => {
    const { exchange, server } = await exchangeWith((socket) => {
      socket.write(head('200 OK', 'Transfer-Encoding: chunked'));
      endlessly(socket, '1\r\nx\r\n', 20);
    }, forever);
    expect(exchange).toMatchObject({ kind: 'answered', status: 200 });
    expect(exchange.durationMs).toBeGreaterThanOrEqual(390);
    expect(exchange.durationMs).toBeLessThan(SOON_MS);
    await closed(server);
  });

  it.each([
    ['bytes', head('200 OK', 'Content-Length: 999999999999'), Buffer.alloc(65_536)],
    ['bytes until it hangs up', head('200 OK', 'Connection: close'), Buffer.alloc(65_536)],
    ['chunks', head('200 OK', 'Transfer-Encoding: chunked'), '400\r\n' + 'x'.repeat(1024) + '\r\n'],
  ])('and sends a body of endless %s is cut off at 16 KiB', async (_name, start, more) => {
    const { exchange, server } = await exchangeWith((socket) => {
      socket.write(start);
      endlessly(socket, more);
    }, {});
    expect(exchange).toMatchObject({ kind: 'answered', status: 200 });
    expect(exchange.kind === 'answered' && exchange.body.length).toBe(16_384);
    expect(exchange.durationMs).toBeLessThan(SOON_MS);
    await closed(server);
  });

  it('and sends more than 16 KiB is not heard any further', async () => {
    const { exchange, server } = await exchangeWith(head('200 OK', 'Content-Length: 999999') + 'x'.repeat(20_000), {});
    expect(exchange).toMatchObject(answered(200, 'x'.repeat(16_384)));
    expect(exchange.durationMs).toBeLessThan(SOON_MS);
    await closed(server);
  });

  it.each([
    ['a chunk extension', '1;', 'x'.repeat(1000)],
    ['trailers', '0\r\n', 'x-a: b\r\n'.repeat(1000)],
  ])('and sends %s without end is cut off too', async (_name, start, more) => {
    const { exchange, server } = await exchangeWith((socket) => {
      socket.write(head('200 OK', 'Transfer-Encoding: chunked') + start);
      endlessly(socket, more);
    }, {});
    expect(exchange).toMatchObject({ kind: 'answered', status: 200 });
    expect(exchange.durationMs).toBeLessThan(SOON_MS);
    await closed(server);
  });

  it('and answers before it was asked does not answer the next request', async () => {
    const server = await serve((socket) => {
      const right = head('200 OK', 'Content-Length: 5') + 'right';
      socket.write(right + head('200 OK', 'Content-Length: 5') + 'wrong');
    });
    const sender = outgoing();
    for (let round = 0; round < 3; round += 1) {
      expect(await sender.send(ask(`http://127.0.0.1:${server.port}/`))).toMatchObject(answered(200, 'right'));
    }
    expect(server.requests.length).toBe(3);
  });

  it('does not make the memory grow', async () => {
    const server = await serve((socket) => {
      socket.write(head('200 OK', 'Content-Length: 999999999999'));
      endlessly(socket, Buffer.alloc(65_536));
    });
    const sender = outgoing();
    const rounds = async (count: number): Promise<void> => {
      for (let round = 0; round < count; round += 1) {
        await Promise.all([1, 2, 3, 4].map(() => sender.send(ask(`http://127.0.0.1:${server.port}/`))));
      }
    };
    await rounds(20);
    const before = memoryInUse();
    await rounds(50);
    // 200 answers of 64 KiB and more, kept whole, would be 13 MB and more. What the last ones still hold is let go of in a moment.
    let growth = memoryInUse() - before;
    for (let look = 0; look < 100 && growth >= 4_000_000; look += 1) {
      await new Promise((resolve) => void setTimeout(resolve, 20));
      growth = memoryInUse() - before;
    }
    expect(growth).toBeLessThan(4_000_000);
  });

  it.each([
    ['short headers', 'HTTP/1.1 200 OK\r\n', 'x-a: b\r\n'.repeat(8000)],
    ['103', '', head('103 Early Hints').repeat(3000)],
    ['short chunks', head('200 OK', 'Transfer-Encoding: chunked'), '0001\r\nx\r\n'.repeat(8000)],
  ])('does not make us work: endless %s', async (_name, start, more) => {
    const server = await serve((socket) => {
      socket.write(start);
      endlessly(socket, more);
    });
    const sender = outgoing();
    const began = process.cpuUsage();
    for (let round = 0; round < 10; round += 1) await sender.send(ask(`http://127.0.0.1:${server.port}/`));
    const { user, system } = process.cpuUsage(began);
    // The receiver's own share included; with undici's limits alone the headers take 100 ms each time.
    expect((user + system) / 10_000).toBeLessThan(50);
  });
});

/** Bytes that are still reachable. */
function memoryInUse(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { arrayBuffers, heapUsed } = process.memoryUsage();
  return arrayBuffers + heapUsed;
}

describe('a receiver that cannot be reached', () => {
  it('refuses the connection', async () => {
    const server = await startRawServer(() => undefined);
    await server.close();
    const exchange = await outgoing().send(ask(`http://127.0.0.1:${server.port}/`));
    expect(exchange).toMatchObject({ kind: 'failed', error: 'connect' });
  });

  it('is tried at its next address, and fails only with the last', async () => {
    const server = await serve((socket) => void socket.write(head('200 OK', 'Content-Length: 2') + 'ok'));
    const at = (...addresses: string[]): ResolveName => {
      return async () => addresses.map((address) => ({ address, family: 4 }));
    };
    const url = `http://hooks.example.com:${server.port}/`;
    const second = await outgoing({ resolve: at('127.0.0.9', '127.0.0.1') }).send(ask(url));
    expect(second).toMatchObject(answered(200, 'ok'));
    const neither = await outgoing({ resolve: at('127.0.0.8', '127.0.0.9') }).send(ask(url));
    expect(neither).toMatchObject({ kind: 'failed', error: 'connect' });
  });

  it('has a name without an address', async () => {
    const failing: ResolveName[] = [
      () => Promise.reject(new Error('queryA ENOTFOUND hooks.example.com')),
      async () => [],
      () => outgoingNever(),
    ];
    const errors: string[] = [];
    for (const resolve of failing) {
      const exchange = await outgoing({ resolve }).send(ask('http://hooks.example.com/', { connectMs: 200 }));
      errors.push(exchange.kind === 'failed' ? exchange.error : exchange.kind);
    }
    expect(errors).toEqual(['dns', 'dns', 'connect-timeout']);
  });

  it('is not waited for longer than in all, whatever the parts allow', async () => {
    const request = ask('http://hooks.example.com/', { connectMs: 5000, readMs: 5000, totalMs: 150 });
    const exchange = await outgoing({ resolve: outgoingNever }).send(request);
    expect(exchange).toMatchObject({ kind: 'failed', error: 'timeout' });
    expect(exchange.durationMs).toBeLessThan(2000);
  });
});

/** A name server that never answers. */
function outgoingNever(): ReturnType<ResolveName> {
  return new Promise(() => undefined);
}

describe('TLS', () => {
  const right = selfSigned(['hooks.example.com']);
  const resolve: ResolveName = async () => [{ address: '127.0.0.1', family: 4 }];
  const ok = (socket: Socket): void => void socket.write(head('200 OK', 'Content-Length: 2') + 'ok');
  const names: (string | false | null)[] = [];
  let server: RawServer;

  const tlsServer = async (tls: object): Promise<RawServer> => (server = await serve(ok, { tls }));
  const send = (options: { ca?: string }, name = 'hooks.example.com') =>
    outgoing({ resolve, ...options }).send(ask(`https://${name}:${server.port}/`, { connectMs: 1500 }));

  afterAll(() => void names.splice(0));

  it('is spoken with a receiver whose certificate is trusted, by the name in the URL', async () => {
    await tlsServer({
      ...right,
      SNICallback: (name: string, done: (error: null) => void) => (names.push(name), done(null)),
    });
    expect(await send({ ca: right.cert })).toMatchObject(answered(200, 'ok'));
    expect(names).toEqual(['hooks.example.com']);
    expect(server.requests[0]).toMatch(new RegExp(`^host: hooks.example.com:${server.port}`, 'im'));
  });

  it('does not let a flood through', async () => {
    server = await serve(
      (socket) => {
        socket.write('HTTP/1.1 200 ');
        endlessly(socket, 'x'.repeat(1000));
      },
      { tls: right },
    );
    const exchange = await send({ ca: right.cert });
    expect(exchange).toMatchObject({ kind: 'failed', error: 'protocol' });
    expect(exchange.durationMs).toBeLessThan(2000);
    await closed(server);
  });

  it('is refused with a certificate that is self-signed, expired or for another name', async () => {
    await tlsServer(right);
    expect(await send({})).toMatchObject({ kind: 'failed', error: 'tls' });
    // Again and with a session to resume: the name is checked each time.
    for (let round = 0; round < 3; round += 1) {
      expect(await send({ ca: right.cert }, 'other.example.com')).toMatchObject({ kind: 'failed', error: 'tls' });
    }
    expect(server.requests).toEqual([]);

    const expired = selfSigned(['hooks.example.com'], { isExpired: true });
    await tlsServer(expired);
    expect(await send({ ca: expired.cert })).toMatchObject({ kind: 'failed', error: 'tls' });
    expect(server.requests).toEqual([]);
  });

  it('is checked also where the environment says not to', async () => {
    await tlsServer(right);
    const warnings = process.listeners('warning');
    process.removeAllListeners('warning');
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    try {
      expect(await send({})).toMatchObject({ kind: 'failed', error: 'tls' });
    } finally {
      delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
      for (const listener of warnings) process.on('warning', listener);
    }
  });

  it('fails with a receiver that speaks none, or never ends its greeting', async () => {
    server = await serve(() => undefined);
    for (const socket of server.open) socket.destroy();
    expect(await send({})).toMatchObject({ kind: 'failed', error: 'connect-timeout' });
    const http = createHttpServer().listen(0, '127.0.0.1');
    await once(http, 'listening');
    server = { ...server, port: (http.address() as AddressInfo).port };
    expect(await send({})).toMatchObject({ kind: 'failed', error: 'tls' });
    http.close();
  });
});
