import type { AddressInfo } from 'node:net';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Global, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { describeOnEachDatabase } from '../../../test/support/database.js';
import { fromElsewhere } from '../../../test/support/elsewhere.js';
import { testConfig } from '../../../test/support/ground.js';
import { AccountsModule, Authenticate } from '../../accounts/index.js';
import { Clock } from '../../platform/clock.js';
import { Crypto } from '../../platform/crypto/crypto.js';
import { Config } from '../../platform/settings/config.js';
import { Secrets } from '../../platform/settings/data-folder.js';
import { Database } from '../../platform/database/database.js';
import { ErrorFilter } from '../../platform/http/error-filter.js';
import { createHttpAdapter } from '../../platform/http/http-edge.js';
import { WrongCredentials } from '../../platform/http/wrong-credentials.js';
import { Metrics } from '../../platform/metrics.js';
import { Idempotency } from '../../platform/http/idempotency.js';
import { createLogger, Log } from '../../platform/logging/logger.js';
import { AccountsController } from './accounts.controller.js';
import { AdmitOperator } from '../access/admit-operator.js';
import { ConsoleLogins } from '../access/console-logins.js';
import { KnownOperators } from '../access/known-operators.js';
import { NumberGuesses } from '../access/number-guesses.js';
import { AdminGuard } from '../admin.guard.js';
import { AuditController } from '../audit/audit.controller.js';
import { Audit } from '../audit/audit.js';
import { PlivoTokenController } from './plivo-token.controller.js';
import { SubaccountsController } from './subaccounts.controller.js';
import { TokensController } from './tokens.controller.js';

const BEHIND_A_PROXY = { maxConnections: Infinity, trustedProxies: ['127.0.0.1'] };
const ADMIN_TOKEN = 'admin-token-of-the-test';
const ACME = { name: 'Acme', plivo_auth_id: 'MAPLIVOPLIVOPLIVO000', plivo_auth_token: 'plivo-secret' };

/** Whatever an answer of this API may hold; each test asks for what should be there. */
interface Body {
  auth_id: string;
  auth_token: string;
  id: string;
  created_at: string;
  request_id: string;
  param?: string;
  items: Body[];
  next_cursor: string | null;
}

interface Answered {
  status: number;
  headers: Headers;
  text: string;
  body: Body;
}

describeOnEachDatabase('accounts in the admin API', (open) => {
  let app: NestFastifyApplication;
  let base: string;
  let written = '';

  beforeAll(async () => {
    const { database } = await open();
    const log = createLogger({ level: 'debug', format: 'json' }, { write: (line: string) => void (written += line) });
    const shared = [
      { provide: Log, useValue: log },
      { provide: Config, useValue: testConfig() },
      { provide: Database, useValue: database },
      { provide: Crypto, useValue: new Crypto(Buffer.alloc(32, 7)) },
      { provide: Secrets, useValue: { adminToken: ADMIN_TOKEN } },
      { provide: Log, useValue: createLogger({ level: 'silent', format: 'json' }) },
      Clock,
      Metrics,
      WrongCredentials,
      Idempotency,
    ];
    @Global()
    @Module({ providers: shared, exports: shared })
    class SharedStub {}
    @Module({
      imports: [SharedStub, AccountsModule],
      controllers: [AccountsController, SubaccountsController, TokensController, PlivoTokenController, AuditController],
      providers: [AdminGuard, AdmitOperator, ConsoleLogins, KnownOperators, NumberGuesses, Audit],
    })
    class StubModule {}

    app = await NestFactory.create<NestFastifyApplication>(StubModule, createHttpAdapter(log, BEHIND_A_PROXY), {
      bodyParser: false,
      logger: false,
    });
    app.useGlobalFilters(new ErrorFilter(log));
    await app.listen(0, '127.0.0.1');
    base = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
  });
  afterAll(async () => app.close());

  async function ask(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answered> {
    const response = await fetch(base + path, {
      method,
      headers: {
        authorization: `Bearer ${ADMIN_TOKEN}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: JSON.parse(text || '{}') as Body };
  }
  const opens = async ({
    auth_id: authId,
    auth_token: token,
  }: {
    auth_id: string;
    auth_token: string;
  }): Promise<boolean> => (await app.get(Authenticate).run(authId, token)) !== null;
  const newAccount = async (): Promise<{ auth_id: string; auth_token: string }> =>
    (await ask('POST', '/admin/accounts', ACME)).body;

  it.each(
    [
      undefined,
      '',
      ADMIN_TOKEN,
      `Basic ${ADMIN_TOKEN}`,
      'Bearer',
      `Bearer ${ADMIN_TOKEN}x`,
      `Bearer ${ADMIN_TOKEN.slice(0, -1)}`,
      `Bearer ${'x'.repeat(2000)}`,
    ].map((header) => [header?.slice(0, 50), header]),
  )('are closed to %j', async (_shown, authorization) => {
    for (const [method, path] of [
      ['GET', '/admin/accounts'],
      ['POST', '/admin/accounts'],
      ['POST', '/admin/accounts/MAX/subaccounts'],
      ['PATCH', '/admin/accounts/MAX/subaccounts/SAX'],
      ['GET', '/admin/accounts/MAX/tokens'],
      ['POST', '/admin/accounts/MAX/tokens'],
      ['DELETE', '/admin/accounts/MAX/tokens/1'],
      ['PUT', '/admin/accounts/MAX/plivo-token'],
      ['PATCH', '/admin/accounts/MAX'],
      ['GET', '/admin/audit'],
    ] as const) {
      const response = await fetch(base + path, {
        method,
        headers: { ...(authorization !== undefined && { authorization }), ...fromElsewhere() },
      });
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toBe('Bearer');
      expect(response.headers.get('content-type')).toContain('application/problem+json');
      expect(await response.json()).toMatchObject({ status: 401, code: 'unauthenticated' });
    }
  });

  it('are created with a token that opens the API', async () => {
    const answer = await ask('POST', '/admin/accounts', ACME);
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      auth_id: expect.stringMatching(/^MA[A-Z0-9]{18}$/),
      auth_token: expect.stringMatching(/^[\w-]{40}$/),
      name: 'Acme',
      plivo_auth_id: ACME.plivo_auth_id,
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    });
    expect(await opens(answer.body)).toBe(true);
  });

  it('take a wanted auth_id once', async () => {
    const wanted = { ...ACME, auth_id: 'MAWANTEDWANTEDWANTED' };
    expect((await ask('POST', '/admin/accounts', wanted)).body.auth_id).toBe(wanted.auth_id);
    const again = await ask('POST', '/admin/accounts', wanted);
    expect(again).toMatchObject({ status: 409, body: { code: 'account_exists', param: 'auth_id' } });
  });

  it.each([
    [{}, 'name'],
    [{ ...ACME, name: '' }, 'name'],
    [{ ...ACME, name: ' ' }, 'name'],
    [{ ...ACME, name: 'two\nlines' }, 'name'],
    [{ ...ACME, name: 'x'.repeat(101) }, 'name'],
    [{ ...ACME, name: 5 }, 'name'],
    [{ ...ACME, name: { toString: 1 } }, 'name'],
    [{ ...ACME, name: ['Acme'] }, 'name'],
    [{ ...ACME, auth_id: 'MA1' }, 'auth_id'],
    [{ ...ACME, auth_id: 'SAWANTEDWANTEDWANTED' }, 'auth_id'],
    [{ ...ACME, plivo_auth_id: '../x' }, 'plivo_auth_id'],
    [{ ...ACME, plivo_auth_token: '' }, 'plivo_auth_token'],
    [{ ...ACME, plivo_auth_token: 'é' }, 'plivo_auth_token'],
    [{ ...ACME, created_at: 0 }, 'created_at'],
    [{ ...ACME, authId: 'x' }, undefined],
    [{ ...ACME, '+14155550123': 'x' }, undefined],
  ] as const)('refuse wrong field %#', async (body, param) => {
    const answer = await ask('POST', '/admin/accounts', body);
    expect(answer).toMatchObject({ status: 400, body: { status: 400, code: 'invalid_request' } });
    expect(answer.body.param).toBe(param);
    expect(answer.text).not.toMatch(/5550123|plivo-secret/);
  });

  it('answer a repeated Idempotency-Key with the same bytes', async () => {
    const key = { 'idempotency-key': randomUUID() };
    const first = await ask('POST', '/admin/accounts', ACME, key);
    const second = await ask('POST', '/admin/accounts/', ACME, key);
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect([second.status, second.text]).toEqual([201, first.text]);
    expect(second.headers.get('content-type')).toBe(first.headers.get('content-type'));
    expect((await ask('POST', '/admin/accounts', { ...ACME, name: 'B' }, key)).status).toBe(422);
  });

  it('answer a repeated refusal with the same bytes, and its request id in the header', async () => {
    const key = { 'idempotency-key': randomUUID() };
    const path = '/admin/accounts/MAXXXXXXXXXXXXXXXXXX/subaccounts';
    const first = await ask('POST', path, { name: 'Team' }, key);
    const second = await ask('POST', path, { name: 'Team' }, key);
    expect([second.status, second.text]).toEqual([404, first.text]);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect(second.headers.get('content-type')).toBe(first.headers.get('content-type'));
    expect(second.headers.get('x-request-id')).toBe(second.body.request_id);
  });

  it('judge a repeated conflict anew, because time can heal it', async () => {
    const { auth_id: taken } = await newAccount();
    const key = { 'idempotency-key': randomUUID() };
    const first = await ask('POST', '/admin/accounts', { ...ACME, auth_id: taken }, key);
    const second = await ask('POST', '/admin/accounts', { ...ACME, auth_id: taken }, key);
    expect([first.status, second.status]).toEqual([409, 409]);
    expect(second.headers.get('idempotency-replayed')).toBeNull();
  });

  it('have subaccounts', async () => {
    const { auth_id: account } = await newAccount();
    const answer = await ask('POST', `/admin/accounts/${account}/subaccounts`, { name: 'Team' });
    expect(answer).toMatchObject({ status: 201, body: { account, name: 'Team' } });
    expect(answer.body.auth_id).toMatch(/^SA[A-Z0-9]{18}$/);
    expect(await opens(answer.body)).toBe(true);
    expect((await ask('POST', '/admin/accounts/MAXXXXXXXXXXXXXXXXXX/subaccounts', { name: 'T' })).status).toBe(404);
    expect((await ask('POST', `/admin/accounts/${account}/subaccounts`, { name: 'T', x: 1 })).status).toBe(400);
  });

  it('say for each subaccount what its new sessions have, and can leave that to the account again', async () => {
    const { auth_id: account } = await newAccount();
    const { auth_id: other } = await newAccount();
    const { body: made } = await ask('POST', `/admin/accounts/${account}/subaccounts`, { name: 'Team' });
    const path = `/admin/accounts/${account}/subaccounts/${made.auth_id}`;
    const shown = async () => {
      const found = await ask('GET', '/admin/accounts?limit=100');
      return found.body.items.find((one) => one.auth_id === account);
    };

    expect(await shown()).toMatchObject({ subaccounts: [{ messaging_default: null }] });
    for (const isDefault of [true, false, null]) {
      const body = { auth_id: made.auth_id, account, name: 'Team', messaging_default: isDefault };
      expect(await ask('PATCH', path, { messaging_default: isDefault })).toMatchObject({ status: 200, body });
      expect(await shown()).toMatchObject({ subaccounts: [{ messaging_default: isDefault }] });
      expect((await ask('GET', '/admin/audit?limit=1')).body.items).toMatchObject([
        {
          action: 'subaccount.changed',
          target: made.auth_id,
          details: { account, messaging_default: isDefault },
        },
      ]);
    }
    for (const body of [{}, { messaging_default: 'yes' }, { messaging_default: 1 }])
      expect(await ask('PATCH', path, body)).toMatchObject({ status: 400, body: { param: 'messaging_default' } });
    const elsewhere = `/admin/accounts/${other}/subaccounts/${made.auth_id}`;
    expect((await ask('PATCH', elsewhere, { messaging_default: true })).status).toBe(404);
  });

  it('change tokens without a gap', async () => {
    const { auth_id: authId, auth_token: old } = await newAccount();
    const tokens = `/admin/accounts/${authId}/tokens`;
    const [first] = (await ask('GET', tokens)).body.items;
    const issued = await ask('POST', tokens);
    expect(issued.status).toBe(201);
    expect(issued.body).toEqual({
      id: expect.any(String),
      auth_token: expect.any(String),
      created_at: expect.any(String),
    });
    expect((await ask('POST', tokens)).body).toMatchObject({ status: 409, code: 'too_many_tokens' });
    expect(await opens({ auth_id: authId, auth_token: old })).toBe(true);

    const revoked = await ask('DELETE', `${tokens}/${first!.id}`);
    expect([revoked.status, revoked.text]).toEqual([204, '']);
    expect(await opens({ auth_id: authId, auth_token: old })).toBe(false);
    expect(await opens({ auth_id: authId, auth_token: issued.body.auth_token })).toBe(true);
    expect((await ask('DELETE', `${tokens}/${issued.body.id}`)).body).toMatchObject({
      status: 409,
      code: 'last_token',
    });
    expect((await ask('DELETE', `${tokens}/${first!.id}`)).status).toBe(404);

    const listed = await ask('GET', tokens);
    expect(listed.body).toEqual({
      items: [{ id: issued.body.id, origin: 'issued', created_at: issued.body.created_at }],
      next_cursor: null,
    });
    expect((await ask('GET', '/admin/accounts/MAXXXXXXXXXXXXXXXXXX/tokens')).status).toBe(404);
  });

  it('follow a token that was changed at Plivo', async () => {
    const { auth_id: account } = await newAccount();
    const wanted = { name: 'Team', auth_id: 'SAATPLIVOATPLIVO0001', plivo_auth_token: 'sub-secret-1' };
    await ask('POST', `/admin/accounts/${account}/subaccounts`, wanted);
    const change = (id: string, body: unknown) => ask('PUT', `/admin/accounts/${id}/plivo-token`, body);

    const changed = await change(wanted.auth_id, { plivo_auth_token: 'sub-secret-2' });
    expect([changed.status, changed.text]).toEqual([204, '']);
    expect(await opens({ auth_id: wanted.auth_id, auth_token: 'sub-secret-1' })).toBe(false);
    expect(await opens({ auth_id: wanted.auth_id, auth_token: 'sub-secret-2' })).toBe(true);
    expect((await change(account, { plivo_auth_token: 'main-secret' })).status).toBe(204);

    expect((await change('MAXXXXXXXXXXXXXXXXXX', { plivo_auth_token: 'x' })).status).toBe(404);
    for (const body of [
      {},
      { plivo_auth_token: '' },
      { plivo_auth_token: 'two words' },
      { plivo_auth_token: 'x', x: 1 },
    ])
      expect((await change(account, body)).status).toBe(400);
    const { body, text } = await ask('GET', '/admin/audit?limit=3');
    expect(body.items).toMatchObject([
      { action: 'plivo-token.changed', target: account },
      { action: 'plivo-token.changed', target: wanted.auth_id },
      { action: 'subaccount.created' },
    ]);
    expect(text + written).not.toMatch(/sub-secret|main-secret/);
    const listed = (await ask('GET', '/admin/accounts?limit=200')).body.items.find(
      ({ auth_id }) => auth_id === account,
    );
    expect(listed).toMatchObject({ subaccounts: [{ auth_id: wanted.auth_id, has_plivo_token: true }] });
  });

  it('are listed page by page, without tokens', async () => {
    await Promise.all([newAccount(), newAccount(), newAccount()]);
    const whole = await ask('GET', '/admin/accounts?limit=200');
    expect(whole.text).not.toMatch(/auth_token|plivo-secret/);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const { body }: Answered = await ask(
        'GET',
        `/admin/accounts?limit=2${cursor === null ? '' : `&cursor=${cursor}`}`,
      );
      expect(body.items.length).toBeLessThanOrEqual(2);
      seen.push(...body.items.map((item) => item.auth_id));
      cursor = body.next_cursor;
    } while (cursor !== null);
    expect(seen).toEqual(whole.body.items.map((item) => item.auth_id));
    expect(new Set(seen).size).toBe(seen.length);
  });

  it.each(['limit=0', 'limit=201', 'limit=x', 'limit=1.5', 'limit=', 'limit=1&limit=2', 'cursor=', 'page=1'])(
    'refuse the query %s',
    async (query) => {
      expect((await ask('GET', `/admin/accounts?${query}`)).status).toBe(400);
      expect((await ask('GET', `/admin/audit?${query}`)).status).toBe(400);
    },
  );

  it('leave a trace of every write, in the transaction of the write', async () => {
    const id = randomUUID();
    const { body: account } = await ask('POST', '/admin/accounts', ACME, { 'x-request-id': id });
    const { body: token } = await ask('POST', `/admin/accounts/${account.auth_id}/tokens`);
    await ask('POST', `/admin/accounts/${account.auth_id}/tokens`);
    await ask('POST', '/admin/accounts', { ...ACME, auth_id: account.auth_id });

    const { body } = await ask('GET', '/admin/audit?limit=2');
    expect(body.items).toMatchObject([
      { action: 'token.issued', target: account.auth_id, details: { token_id: token.id }, actor: 'admin' },
      { action: 'account.created', target: account.auth_id, details: {}, request_id: id },
    ]);
    const { body: next } = await ask('GET', `/admin/audit?limit=1&cursor=${body.next_cursor}`);
    expect(next.items[0]!.id < body.items[1]!.id).toBe(true);
  });

  it('leave no secret in audit or log', async () => {
    const { auth_token: token } = await newAccount();
    const { text } = await ask('GET', '/admin/audit?limit=200');
    for (const secret of [token, ADMIN_TOKEN, ACME.plivo_auth_token]) expect(text + written).not.toContain(secret);
  });

  it('are renamed, and keep sessions for a time of their own or that of the installation', async () => {
    const { auth_id: authId } = await newAccount();
    const path = `/admin/accounts/${authId}`;
    const kept = async () =>
      (await ask('GET', '/admin/accounts?limit=200')).body.items.find((a) => a.auth_id === authId);

    expect(await kept()).toMatchObject({ name: 'Acme', retention_days: null });
    const changed = await ask('PATCH', path, { name: 'Acme & Sons', retention_days: 7 });
    expect(changed).toMatchObject({
      status: 200,
      body: { auth_id: authId, name: 'Acme & Sons', retention_days: 7 },
    });
    expect((await ask('PATCH', path, {})).body).toMatchObject({ name: 'Acme & Sons', retention_days: 7 });
    expect((await ask('PATCH', path, { retention_days: null })).body).toMatchObject({ retention_days: null });
    expect(await kept()).toMatchObject({ name: 'Acme & Sons', retention_days: null });
    const { items } = (await ask('GET', '/admin/audit?limit=3')).body;
    expect(items.map((entry) => entry)).toMatchObject([
      { action: 'account.changed', target: authId, details: { retention_days: null } },
      { action: 'account.changed', target: authId, details: {} },
      { action: 'account.changed', target: authId, details: { renamed: true, retention_days: 7 } },
    ]);
    expect(JSON.stringify(items)).not.toContain('Sons');
  });

  it.each([
    [{ retention_days: 0 }, 'retention_days'],
    [{ retention_days: 3651 }, 'retention_days'],
    [{ retention_days: 1.5 }, 'retention_days'],
    [{ retention_days: '7' }, 'retention_days'],
    [{ name: null }, 'name'],
    [{ name: '' }, 'name'],
    [{ colour: 'red' }, 'colour'],
  ])('are not changed by %j', async (body, param) => {
    const { auth_id: authId } = await newAccount();
    expect(await ask('PATCH', `/admin/accounts/${authId}`, body)).toMatchObject({ status: 400, body: { param } });
    expect((await ask('PATCH', '/admin/accounts/MAXXXXXXXXXXXXXXXXXX', {})).status).toBe(404);
  });
});
