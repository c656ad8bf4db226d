import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Connections } from '../../platform/database/connections.js';
import { describeOnEachDatabase } from '../../../test/support/database.js';
import { AccountsModule, CreateAccount, CreateSubaccount } from '../../accounts/index.js';
import { NumberPoolModule } from '../../number-pool/index.js';
import { Clock } from '../../platform/clock.js';
import { readConfig } from '../../platform/settings/config.js';
import { Database } from '../../platform/database/database.js';
import { ErrorFilter } from '../../platform/http/error-filter.js';
import { createHttpAdapter } from '../../platform/http/http-edge.js';
import { newId } from '../../platform/ids.js';
import { createLogger } from '../../platform/logging/logger.js';
import { PlatformModule } from '../../platform/platform.module.js';
import { AdmitOperator } from '../access/admit-operator.js';
import { ConsoleLogins } from '../access/console-logins.js';
import { KnownOperators } from '../access/known-operators.js';
import { NumberGuesses } from '../access/number-guesses.js';
import { AdminGuard } from '../admin.guard.js';
import { Audit } from '../audit/audit.js';
import { NumbersController } from './numbers.controller.js';
import { PoolController } from './pool.controller.js';

const ADMIN_TOKEN = 'admin-token-of-the-test';
const ACCOUNT = 'MAFIRSTFIRSTFIRST000';

interface Answered {
  status: number;
  headers: Headers;
  text: string;
  body: Record<string, unknown> & { items: Record<string, unknown>[] };
}

describeOnEachDatabase('numbers in the admin API', (open) => {
  let app: NestFastifyApplication;
  let dataSource: Connections;
  let base: string;
  let subaccount: string;
  let plivo: Server;
  let listing: { status: number; numbers: string[] };
  let written = '';

  beforeAll(async () => {
    ({ dataSource } = await open());
    plivo = createServer((_, response) => {
      const objects = listing.numbers.map((number) => ({
        number,
        voice_enabled: true,
        alias: null,
        sub_account: null,
        application: null,
      }));
      response
        .writeHead(listing.status, { 'content-type': 'application/json' })
        .end(JSON.stringify({ meta: { total_count: objects.length }, objects }));
    });
    await new Promise<void>((resolve) => plivo.listen(0, '127.0.0.1', resolve));

    const config = readConfig({
      PLIVO_AUTH_ID: ACCOUNT,
      PLIVO_AUTH_TOKEN: 'plivo-token-of-the-test',
      PLIVO_API_URL: `http://127.0.0.1:${(plivo.address() as AddressInfo).port}`,
    });
    const secrets = {
      encryptionKeys: [{ id: 1, key: Buffer.alloc(32, 7) }],
      adminToken: ADMIN_TOKEN,
      demoAuthToken: null,
      generated: [],
    };
    const log = createLogger({ level: 'debug', format: 'json' }, { write: (line: string) => void (written += line) });
    @Module({
      imports: [
        PlatformModule.register({ config, secrets, log, clock: new Clock(), dataSource }),
        AccountsModule,
        NumberPoolModule,
      ],
      controllers: [NumbersController, PoolController],
      providers: [AdminGuard, AdmitOperator, ConsoleLogins, KnownOperators, NumberGuesses, Audit],
    })
    class StubModule {}
    app = await NestFactory.create<NestFastifyApplication>(StubModule, createHttpAdapter(log), {
      bodyParser: false,
      logger: false,
    });
    app.useGlobalFilters(new ErrorFilter(log));
    await app.listen(0, '127.0.0.1');
    base = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;

    await app.get(Database).transaction(async (tx) => {
      const account = { authId: ACCOUNT, name: 'Some', plivoAuthId: ACCOUNT, plivoAuthToken: 'token' };
      await app.get(CreateAccount).run(tx, account);
      subaccount = (await app.get(CreateSubaccount).run(tx, ACCOUNT, 'Branch')).authId;
    });
  });

  beforeEach(async () => {
    listing = { status: 200, numbers: [] };
    for (const table of ['virtual_number', 'masking_session', 'audit_entry', 'idempotency_key'])
      await dataSource.query(`DELETE FROM ${table}`);
  });

  afterAll(async () => {
    await app.close();
    plivo.closeAllConnections();
    plivo.close();
  });

  async function ask(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answered> {
    const isCsv = typeof body === 'string';
    const response = await fetch(base + path, {
      method,
      headers: {
        authorization: `Bearer ${ADMIN_TOKEN}`,
        ...(body !== undefined && { 'content-type': isCsv ? 'text/csv' : 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: isCsv ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: JSON.parse(text || '{}') as Answered['body'],
    };
  }
  const add = (more: Record<string, unknown> = {}, headers: Record<string, string> = {}) =>
    ask('POST', '/admin/numbers', { account: ACCOUNT, number: '+14155550100', ...more }, headers);
  const audited = async (): Promise<[string, string][]> => {
    const rows = await dataSource.query<{ action: string; target: string }[]>(
      'SELECT action, target FROM audit_entry ORDER BY id',
    );
    return rows.map(({ action, target }) => [action, target]);
  };
  const liveSession = async () => {
    const [number] = await dataSource.query<{ id: number }[]>('SELECT id FROM virtual_number');
    await dataSource.query(
      `INSERT INTO masking_session (id, account_id, status, parties, first_index, second_index, virtual_number_id, virtual_number,
        settings, created_at, modified_at, expires_at) VALUES (?, ?, 'active', '', 'a', 'b', ?, (SELECT number FROM virtual_number WHERE id = ?), '', 0, 0, ?)`,
      [newId(), ACCOUNT, number!.id, number!.id, Date.now() + 60_000],
    );
  };

  it.each([
    ['GET', '/admin/numbers'],
    ['POST', '/admin/numbers'],
    ['POST', `/admin/numbers/import?account=${ACCOUNT}`],
    ['POST', `/admin/numbers/sync?account=${ACCOUNT}`],
    ['PATCH', '/admin/numbers/14155550100'],
    ['DELETE', '/admin/numbers/14155550100'],
    ['GET', '/admin/pool'],
  ])('keeps %s %s to the admin', async (method, path) => {
    expect((await ask(method, path, undefined, { authorization: 'Bearer wrong' })).status).toBe(401);
  });

  it('adds a number with 201 and finds it there with 200', async () => {
    const created = await add({ subaccount, alias: 'Desk' });
    expect(created.status).toBe(201);
    expect(created.body).toEqual({
      number: '+14155550100',
      account: ACCOUNT,
      subaccount,
      subaccount_known: true,
      country: 'US',
      status: 'active',
      application: null,
      leads_to: null,
      texts: null,
      alias: 'Desk',
      live_sessions: 0,
      live_parties: 0,
      last_used_at: null,
    });

    const again = await add({ alias: 'Other' });
    expect(again.status).toBe(200);
    expect(again.body).toEqual(created.body);
    expect(await audited()).toEqual([['number.added', '+14155550100']]);
    expect((await ask('GET', '/admin/numbers')).body).toEqual({
      items: [created.body],
      next_cursor: null,
      as_of: expect.any(String),
    });
  });

  it('answers a repeated request as the first time', async () => {
    const headers = { 'idempotency-key': 'one' };
    const first = await add({}, headers);
    const second = await add({}, headers);

    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.text).toBe(first.text);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
  });

  it.each([
    [{ number: '5550100' }, 400, 'number'],
    [{ number: 14155550100 }, 400, 'number'],
    [{ account: 'MAUNKNOWNUNKNOWN0000' }, 404, undefined],
    [{ subaccount: 'SAUNKNOWNUNKNOWN0000' }, 400, 'subaccount'],
    [{ alias: null }, 400, 'alias'],
    [{ alias: 'two\nlines' }, 400, 'alias'],
    [{ alias: 'x'.repeat(101) }, 400, 'alias'],
    [{ status: 'active' }, 400, 'status'],
  ])('refuses %j', async (more, status, param) => {
    const refused = await add(more);

    expect(refused.status).toBe(status);
    expect(refused.body['param']).toBe(param);
    expect((await ask('GET', '/admin/numbers')).body.items).toEqual([]);
  });

  it.each([['+14155550100'], ['%2B14155550100'], ['14155550100']])('changes the number at /%s', async (path) => {
    await add();

    const changed = await ask('PATCH', `/admin/numbers/${path}`, { status: 'draining', alias: 'Old' });
    expect(changed.status).toBe(200);
    expect(changed.body).toMatchObject({ number: '+14155550100', status: 'draining', alias: 'Old', subaccount: null });
    expect(await audited()).toContainEqual(['number.changed', '+14155550100']);
  });

  it('writes of an alias only that it is another one: a person’s number may be in it', async () => {
    await add({ alias: 'Ana +14155550199' });
    await ask('PATCH', '/admin/numbers/+14155550100', { alias: 'Ana 415-555-0199', status: 'draining' });
    const entries = (await dataSource.query('SELECT details FROM audit_entry ORDER BY position')) as {
      details: string;
    }[];
    expect(entries.map(({ details }) => JSON.parse(details) as unknown)).toEqual([
      { account: ACCOUNT, subaccount: null },
      { status: 'draining', renamed: true },
    ]);
  });

  it('refuses changes that make no sense, to numbers that do not exist, and of numbers in use', async () => {
    await add();
    await liveSession();

    expect((await ask('PATCH', '/admin/numbers/+14155550100', { status: 'broken' })).status).toBe(400);
    expect((await ask('PATCH', '/admin/numbers/+14155550100', { number: '+1' })).status).toBe(400);
    expect((await ask('PATCH', '/admin/numbers/+14155550199', { alias: 'x' })).status).toBe(404);
    expect((await ask('PATCH', '/admin/numbers/+14155550100', { subaccount })).status).toBe(409);
    const kept = await ask('DELETE', '/admin/numbers/+14155550100');
    expect([kept.status, kept.body['code'], kept.body['live_sessions']]).toEqual([409, 'number_in_use', 1]);
    expect(await audited()).toHaveLength(1);
  });

  it('shows one number, however it is written', async () => {
    await add();
    for (const path of ['+14155550100', '14155550100', '%2B14155550100']) {
      const { status, body } = await ask('GET', `/admin/numbers/${path}`);
      expect([status, body]).toMatchObject([200, { number: '+14155550100', country: 'US', status: 'active' }]);
    }
    for (const path of ['+14155550199', 'pool', '0'])
      expect((await ask('GET', `/admin/numbers/${path}`)).status).toBe(404);
  });

  it('removes a number nobody uses', async () => {
    await add();

    const removed = await ask('DELETE', '/admin/numbers/+14155550100');
    expect([removed.status, removed.text]).toEqual([204, '']);
    expect((await ask('DELETE', '/admin/numbers/+14155550100')).status).toBe(404);
    expect(await audited()).toContainEqual(['number.removed', '+14155550100']);
  });

  it('lists by what is asked and page by page', async () => {
    await add();
    await add({ number: '+442079460000' });

    const page = (await ask('GET', '/admin/numbers?limit=1')).body;
    expect(page.items[0]).toMatchObject({ number: '+14155550100' });
    const next = (await ask('GET', `/admin/numbers?limit=1&cursor=${String(page['next_cursor'])}`)).body;
    expect(next).toMatchObject({ items: [{ number: '+442079460000' }], next_cursor: null });
    expect((await ask('GET', `/admin/numbers?account=${ACCOUNT}&country=gb&status=active`)).body.items).toHaveLength(1);
    for (const query of ['limit=0', 'limit=201', 'status=gone', 'country=Britain', 'cursor=x', 'colour=red'])
      expect((await ask('GET', `/admin/numbers?${query}`)).status).toBe(400);
  });

  it('imports all rows of a file or none', async () => {
    const path = `/admin/numbers/import?account=${ACCOUNT}`;
    const wrong = await ask('POST', path, 'number,subaccount,alias\n+14155550100,,\nwrong,,\n');
    expect([wrong.status, wrong.body['code']]).toEqual([400, 'import_refused']);
    expect(wrong.body['detail']).toContain('row 2 (line 3)');
    expect((await ask('GET', '/admin/numbers')).body.items).toEqual([]);

    const right = await ask('POST', path, `number,subaccount,alias\n+14155550100,,\n+14155550101,${subaccount},Two\n`);
    expect([right.status, right.body]).toEqual([200, { added: 2, unchanged: 0 }]);
    expect((await ask('POST', path, { number: '+14155550102' })).status).toBe(415);
    expect((await ask('POST', '/admin/numbers/import', 'number\n+14155550102')).status).toBe(400);
    expect((await ask('POST', `${path.slice(0, -1)}9`, 'number\n+14155550102')).status).toBe(404);
    expect(await audited()).toEqual([['numbers.imported', ACCOUNT]]);
  });

  it('follows Plivo when asked to, and says when Plivo fails', async () => {
    const path = `/admin/numbers/sync?account=${ACCOUNT}`;
    listing.numbers = ['14155550100', '14155550101'];
    expect(await ask('POST', path)).toMatchObject({ status: 200, body: { added: 2, updated: 0, missing: [] } });
    listing.numbers = ['14155550100'];
    expect((await ask('POST', path, {})).body).toEqual({ added: 0, updated: 0, missing: ['+14155550101'] });

    listing.status = 401;
    const refused = await ask('POST', path);
    expect([refused.status, refused.body['code']]).toEqual([503, 'provider_refused']);
    expect((await ask('POST', '/admin/numbers/sync')).status).toBe(400);
    expect((await ask('POST', '/admin/numbers/sync?account=MAUNKNOWNUNKNOWN0000')).status).toBe(404);
    expect(await audited()).toHaveLength(2);
  });

  it('tells how large the pool is and should be', async () => {
    await add();
    await liveSession();

    expect((await ask('GET', `/admin/pool?account=${ACCOUNT}`)).body).toEqual({
      items: [
        {
          account: ACCOUNT,
          subaccount: null,
          country: 'US',
          numbers: 1,
          available: 1,
          live_sessions: 1,
          max_sessions_first: 1,
          max_sessions_second: 1,
          numbers_needed: 1,
          headroom: 0,
          refusals_24h: 0,
        },
      ],
      next_cursor: null,
      as_of: expect.any(String),
    });
    expect((await ask('GET', '/admin/pool?account=MAUNKNOWNUNKNOWN0000')).status).toBe(404);
  });

  it('writes no number into the log', () => {
    expect(written).toContain('/admin/numbers/:number');
    expect(written).not.toMatch(/41555501|20794600/);
  });
});
