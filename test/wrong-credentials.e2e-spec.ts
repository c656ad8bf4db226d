import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { FakeClock } from './support/ground.js';
import { describeOnEachService, SESSIONS, type Answer, type Service } from './support/service.js';

const SLOWED_MS = 450;

describeOnEachService('who shows wrong credentials', (start) => {
  let service: Service;
  const clock = new FakeClock();

  beforeAll(async () => {
    service = await start({
      clock,
      settings: { ROLE: 'api', PROVIDER: 'simulator', TRUSTED_PROXIES: '127.0.0.1', MAX_CONNECTIONS: '40' },
    });
  });

  /** By a client behind the trusted proxy on this machine. */
  async function timed(path: string, client: string, authorization: string): Promise<{ answer: Answer; ms: number }> {
    const begunAt = performance.now();
    const answer = await service.request(path, { as: null, headers: { authorization, 'x-forwarded-for': client } });
    return { answer, ms: performance.now() - begunAt };
  }
  const wrong = (client: string, path = '/admin/numbers') => timed(path, client, 'Bearer nobodys');
  const right = (client: string) => timed('/admin/numbers', client, `Bearer ${service.adminToken}`);
  const counted = async (api: string): Promise<number> => {
    const { text } = await service.request('/metrics', { as: null });
    return Number(new RegExp(`masking_wrong_credentials_total\\{api="${api}"\\} (\\d+)`).exec(text)?.[1] ?? 0);
  };

  it('is slowed after ten, as one network, and counted; right ones from there are not', async () => {
    for (let attempt = 0; attempt < 10; attempt += 1) expect((await wrong('203.0.113.7')).answer.status).toBe(401);
    const eleventh = await wrong('203.0.113.7');
    expect(eleventh.answer.status).toBe(401);
    expect(eleventh.ms).toBeGreaterThan(SLOWED_MS);
    expect((await right('203.0.113.7')).answer.status).toBe(200);
    expect(await counted('admin')).toBe(11);

    await wrong('203.0.113.8', SESSIONS);
    expect(await counted('masking')).toBe(1);
  });

  it('is no longer slowed a minute later', async () => {
    for (let attempt = 0; attempt < 10; attempt += 1) await wrong('203.0.113.9');
    clock.advance(60_000);
    const before = await wrong('203.0.113.9');
    for (let attempt = 0; attempt < 9; attempt += 1) await wrong('203.0.113.9');
    const eleventh = await wrong('203.0.113.9');
    expect(eleventh.ms - before.ms).toBeGreaterThan(SLOWED_MS / 2);
  });

  it('has one count for a /64 of IPv6', async () => {
    for (let attempt = 0; attempt < 10; attempt += 1) await wrong(`2001:db8:1:2::${attempt + 1}`);
    expect((await wrong('2001:db8:1:2:ffff::1')).ms).toBeGreaterThan(SLOWED_MS);
  });

  describe('at the control API of the simulator', () => {
    const ask = async (headers: Record<string, string>): Promise<number> => {
      const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
      const answer = await service.raw(
        `GET /simulator/control/calls HTTP/1.1\r\nConnection: close\r\n${head.join('')}\r\n`,
      );
      return Number(answer.slice(9, 12));
    };

    it.each(['localhost', '127.0.0.1:8420', '[::1]:1', 'LOCALHOST'])('the host %s is its own', async (Host) => {
      expect(await ask({ Host })).toBe(200);
    });

    it.each(['evil.example', 'localhost.evil.example', '127.0.0.2', '', 'a@localhost.'])(
      'the host "%s" is not',
      async (Host) => {
        expect(await ask({ Host })).toBe(403);
      },
    );

    it.each<Record<string, string>>([
      { Origin: 'https://evil.example' },
      { Origin: 'null' },
      { Origin: 'http://localhost:1' },
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site' },
    ])('%j is another site', async (headers) => {
      expect(await ask({ Host: 'localhost', ...headers })).toBe(403);
    });

    it('a page of its own may ask', async () => {
      const own = { Host: 'localhost:8420', Origin: 'http://localhost:8420', 'Sec-Fetch-Site': 'same-origin' };
      expect(await ask(own)).toBe(200);
    });
  });

  it('finds no place above MAX_CONNECTIONS, where sockets are closed at once', async () => {
    const port = Number(new URL(service.baseUrl).port);
    const sockets = Array.from({ length: 60 }, () => connect(port, '127.0.0.1'));
    const isClosed = (socket: Socket): Promise<unknown> => once(socket, 'close');
    for (const socket of sockets) socket.on('error', () => undefined).resume();
    await Promise.all(sockets.slice(45).map(isClosed));
    expect(sockets.filter(({ closed }) => !closed).length).toBeLessThanOrEqual(40);
    for (const socket of sockets) socket.destroy();
    await Promise.all(sockets.filter(({ closed }) => !closed).map(isClosed));
  });
});
