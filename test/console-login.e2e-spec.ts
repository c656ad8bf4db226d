import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { ConsoleLogins } from '../src/admin/access/console-logins.js';
import { AUTH_ID, describeOnEachService, startService, type Service } from './support/service.js';
import { createMigratedDatabase, databaseKinds } from './support/database.js';
import { FakeClock } from './support/ground.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** What a page of the console sends with what is no GET. */
const BY_CONSOLE = { 'x-requested-by': 'console' };

interface Me {
  name: string;
  role: string;
  login: { idle_ends_at: string; ends_at: string } | null;
}

describeOnEachService('a login at the console', (start) => {
  let service: Service;
  const clock = new FakeClock();

  beforeAll(async () => {
    service = await start({ clock, settings: { ROLE: 'api' } });
  });

  const setCookie = (headers: Record<string, unknown>): string => String(headers['set-cookie'] ?? '');
  const logIn = (token: string, headers: Record<string, string> = {}) =>
    service.request<Me>('/admin/login', { method: 'POST', as: null, body: { token }, headers });
  const cookieOf = async (token: string): Promise<string> => {
    const { headers, status } = await logIn(token);
    expect(status).toBe(200);
    return setCookie(headers).split(';', 1)[0] ?? '';
  };
  const ask = <Body = Record<string, unknown>>(
    cookie: string,
    path: string,
    { method = 'GET', headers = {}, body }: { method?: string; headers?: Record<string, string>; body?: object } = {},
  ) => service.request<Body>(`/admin${path}`, { method, as: null, body, headers: { cookie, ...headers } });
  const opens = async (cookie: string): Promise<boolean> => (await ask(cookie, '/me')).status === 200;
  const add = async (name: string, role = 'viewer') =>
    (await service.admin<{ id: string; token: string }>('POST', '/operators', { name, role })).body;
  const at = (instant: number): string => new Date(instant).toISOString();

  it('is made with a token, and answers who it is and until when; the cookie is for no script and for this site alone', async () => {
    const { status, body, headers } = await logIn(service.adminToken);
    expect([status, headers['cache-control']]).toEqual([200, 'no-store']);
    const until = { idle_ends_at: at(clock.now() + 30 * MINUTE_MS), ends_at: at(clock.now() + 12 * HOUR_MS) };
    expect(body).toEqual({ name: 'admin', role: 'admin', is_number_shown: true, login: until });
    expect(setCookie(headers)).toMatch(
      /^masking-console=[\w-]{40}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/,
    );
    const cookie = setCookie(headers).split(';', 1)[0] ?? '';
    expect((await ask(cookie, '/me')).body).toEqual(body);
    const { id, token } = await add('una', 'support');
    expect((await ask(await cookieOf(token), '/me')).body).toMatchObject({ name: 'una', role: 'support' });
    const { items } = (await service.admin<{ items: object[] }>('GET', '/audit?limit=1')).body;
    expect(items).toMatchObject([{ actor: 'una', action: 'console.logged-in', target: id }]);
  });

  it('stands in the database as a hash, and in no log', async () => {
    const cookie = await cookieOf(service.adminToken);
    const value = cookie.split('=')[1] ?? '';
    const rows = JSON.stringify(await service.dataSource.query('SELECT * FROM console_login'));
    for (const secret of [value, service.adminToken]) {
      expect(rows).not.toContain(secret);
      expect(service.logs()).not.toContain(secret);
    }
  });

  it('is refused to a wrong token, which is counted', async () => {
    const counted = async () =>
      /masking_wrong_credentials_total\{api="admin"\} (\d+)/.exec((await service.request('/metrics')).text)?.[1] ?? 0;
    const before = Number(await counted());
    const { status, body, headers } = await logIn('x'.repeat(40));
    expect([status, body]).toMatchObject([401, { code: 'unauthenticated' }]);
    expect(setCookie(headers)).toBe('');
    expect(Number(await counted())).toBe(before + 1);
    for (const token of ['', 'x'.repeat(1001), 7])
      expect((await logIn(token as string)).body).toMatchObject({ status: 400, param: 'token' });
  });

  it('is refused what is no token: what is too long unread, in words that say what is wrong', async () => {
    const send = (body: unknown, headers = {}) =>
      service.request('/admin/login', { method: 'POST', as: null, body, headers });
    expect((await send({ token: 'x'.repeat(9_000) })).body).toMatchObject({
      status: 413,
      code: 'body_too_large',
      detail: 'request body too large: expected at most 8192 bytes',
    });
    const escaped = `{"token":"${'\\u00e4'.repeat(1_000)}"}`;
    expect((await send(escaped)).body).toMatchObject({ status: 401 });
    const wanted = { status: 400, param: 'token', detail: expect.stringContaining('token must be the token of an') };
    for (const body of [{}, { token: null }, { token: 'x'.repeat(1_001) }, ''])
      expect((await send(body)).body).toMatchObject(wanted);
    for (const body of ['{', '"a token"', '[]'])
      expect((await send(body)).body).toMatchObject({ code: 'invalid_json' });
    const typed = await send('token=abc', { 'content-type': 'application/x-www-form-urlencoded' });
    expect(typed.body).toMatchObject({ status: 415, code: 'unsupported_media_type' });
  });

  it('lets nothing be written without the header that no other site can send', async () => {
    const cookie = await cookieOf(service.adminToken);
    const body = { name: 'zoe', role: 'viewer' };
    const refused = await ask(cookie, '/operators', { method: 'POST', body });
    expect([refused.status, refused.body['code']]).toEqual([403, 'other_site']);
    expect((await ask(cookie, '/operators', { method: 'POST', body, headers: BY_CONSOLE })).status).toBe(201);
  });

  it.each([
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['another port of the host', { 'sec-fetch-site': 'same-site' }],
    ['another site over plain http', { origin: 'http://elsewhere.example' }],
    ['a page that stands nowhere', { origin: 'null' }],
  ])('opens nothing to %s, neither to read nor to write nor to log in', async (_, headers) => {
    const cookie = await cookieOf(service.adminToken);
    const answers = [
      await ask(cookie, '/me', { headers }),
      await ask(cookie, '/operators', { method: 'POST', body: {}, headers: { ...headers, ...BY_CONSOLE } }),
      await ask(cookie, '/logout', { method: 'POST', headers: { ...headers, ...BY_CONSOLE } }),
      await logIn(service.adminToken, headers),
    ];
    for (const { status, body, headers: told } of answers) {
      expect([status, body]).toMatchObject([403, { code: 'other_site' }]);
      expect([told['set-cookie'], told['access-control-allow-origin']]).toEqual([undefined, undefined]);
    }
    expect(await opens(cookie)).toBe(true);
  });

  it('opens /admin to the page itself', async () => {
    const cookie = await cookieOf(service.adminToken);
    const pages: Record<string, string>[] = [
      { 'sec-fetch-site': 'same-origin' },
      { 'sec-fetch-site': 'none' },
      { origin: service.baseUrl },
    ];
    for (const headers of pages) expect((await ask(cookie, '/me', { headers })).status).toBe(200);
  });

  it('opens nothing but /admin, and a bearer token beside it is the one that counts', async () => {
    const cookie = await cookieOf(service.adminToken);
    const path = `/v1/Account/${AUTH_ID}/Masking/Session`;
    expect((await service.request(path, { as: null, headers: { cookie } })).status).toBe(401);
    const headers = { authorization: `Bearer ${'x'.repeat(40)}` };
    expect((await ask(cookie, '/me', { headers })).status).toBe(401);
    const byToken = { authorization: `Bearer ${service.adminToken}` };
    expect((await ask(cookie, '/me', { headers: byToken })).body).toMatchObject({ login: null });
  });

  it('is over at the logout, and the cookie goes', async () => {
    const cookie = await cookieOf(service.adminToken);
    const { status, headers } = await ask(cookie, '/logout', { method: 'POST', headers: BY_CONSOLE });
    expect([status, setCookie(headers)]).toEqual([204, expect.stringMatching(/^masking-console=; .*Max-Age=0;/)]);
    expect((await ask(cookie, '/me')).body).toMatchObject({ status: 401, code: 'login_over' });
  });

  it('is over after 30 minutes without a use; what a page asks for by itself is none', async () => {
    const cookie = await cookieOf(service.adminToken);
    clock.advance(29 * MINUTE_MS);
    expect(await opens(cookie)).toBe(true);
    clock.advance(29 * MINUTE_MS);
    expect(await opens(cookie)).toBe(true);
    clock.advance(20 * MINUTE_MS);
    expect((await ask(cookie, '/me', { headers: { 'x-idle-seconds': '1200' } })).status).toBe(200);
    clock.advance(10 * MINUTE_MS);
    expect((await ask(cookie, '/me')).body).toMatchObject({ code: 'login_over' });
  });

  it('is over after 12 hours, whatever is done', async () => {
    const cookie = await cookieOf(service.adminToken);
    for (let passed = 0; passed < 12 * 60 - 20; passed += 20) {
      clock.advance(20 * MINUTE_MS);
      expect(await opens(cookie)).toBe(true);
    }
    clock.advance(20 * MINUTE_MS);
    expect(await opens(cookie)).toBe(false);
  });

  it('is over with the token that it was made with, in this process at once', async () => {
    for (const end of ['rotate', 'rotate with overlap', 'remove']) {
      const { id, token } = await add(`fay ${end}`);
      const cookie = await cookieOf(token);
      expect(await opens(cookie)).toBe(true);
      if (end === 'remove') await service.admin('DELETE', `/operators/${id}`);
      else await service.admin('POST', `/operators/${id}/rotate`, { overlap_seconds: end === 'rotate' ? 0 : 600 });
      expect([end, await opens(cookie)]).toEqual([end, false]);
    }
  });

  it('is one of at most twenty of an operator: the oldest makes room', async () => {
    const { token } = await add('gil');
    const cookies: string[] = [];
    for (let count = 0; count < 21; count += 1) {
      clock.advance(1);
      cookies.push(await cookieOf(token));
    }
    expect([await opens(cookies[0] ?? ''), await opens(cookies[1] ?? '')]).toEqual([false, true]);
  });

  it('keeps when it was used', async () => {
    const cookie = await cookieOf(service.adminToken);
    clock.advance(10 * MINUTE_MS);
    await opens(cookie);
    await service.app.get(ConsoleLogins, { strict: false }).writeUses();
    const rows = await service.dataSource.query<{ used_at: string | number }[]>('SELECT used_at FROM console_login');
    expect(rows.map(({ used_at: usedAt }) => Number(usedAt))).toContain(clock.now());
  });
});

describe.each(databaseKinds)('a login at the console (%s)', (kind) => {
  it('outlives a restart and holds in other processes, unless ADMIN_TOKEN is another one', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'masking-login-'));
    const { url, drop } = await createMigratedDatabase(kind, join(folder, 'masking.db'));
    const settings = {
      ROLE: 'api',
      ENCRYPTION_KEY: Buffer.alloc(32, 'k').toString('base64'),
      PLIVO_AUTH_TOKEN: `a${'0'.repeat(39)}`,
      ADMIN_TOKEN: 'the-first-admin-token',
    };
    const at = async <Result>(token: string, deed: (service: Service) => Promise<Result>): Promise<Result> => {
      const service = await startService({ url, settings: { ...settings, ADMIN_TOKEN: token } });
      try {
        return await deed(service);
      } finally {
        await service.close();
      }
    };
    const open = (cookie: string) => (service: Service) =>
      service.request('/admin/me', { as: null, headers: { cookie } });
    try {
      const cookie = await at(settings.ADMIN_TOKEN, async ({ request, adminToken: token }) => {
        const { headers } = await request('/admin/login', { method: 'POST', as: null, body: { token } });
        return String(headers['set-cookie']).split(';', 1)[0] ?? '';
      });
      expect(await at(settings.ADMIN_TOKEN, open(cookie))).toMatchObject({ status: 200, body: { name: 'admin' } });
      expect(await at('another-admin-token', open(cookie))).toMatchObject({
        status: 401,
        body: { code: 'login_over' },
      });
    } finally {
      await drop();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('a login behind https', () => {
  it('has a cookie that goes nowhere else', async () => {
    const service = await startService({
      url: 'sqlite::memory:',
      settings: { ROLE: 'api', PUBLIC_URL: 'https://masking.example/below' },
    });
    try {
      const { headers } = await service.request('/admin/login', {
        method: 'POST',
        as: null,
        body: { token: service.adminToken },
        headers: { origin: 'https://masking.example' },
      });
      expect(headers['set-cookie']).toMatch(
        /^__Host-masking-console=[\w-]{40}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict; Secure$/,
      );
    } finally {
      await service.close();
    }
  });
});
