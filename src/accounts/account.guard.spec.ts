import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Controller, Get, Global, Module, Req, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { fromElsewhere } from '../../test/support/elsewhere.js';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { testConfig } from '../../test/support/ground.js';
import { Clock } from '../platform/clock.js';
import { Crypto } from '../platform/crypto/crypto.js';
import { Config } from '../platform/settings/config.js';
import { Database } from '../platform/database/database.js';
import { ErrorFilter } from '../platform/http/error-filter.js';
import { createHttpAdapter } from '../platform/http/http-edge.js';
import { WrongCredentials } from '../platform/http/wrong-credentials.js';
import { Metrics } from '../platform/metrics.js';
import { createLogger, Log } from '../platform/logging/logger.js';
import { AccountGuard, AccountsModule, CreateAccount, CreateSubaccount, principalOf } from './index.js';

const BEHIND_A_PROXY = { maxConnections: Infinity, trustedProxies: ['127.0.0.1'] };

@Controller('v1/Account/:authId')
@UseGuards(AccountGuard)
class WhoAmI {
  @Get('who') who(@Req() request: FastifyRequest): unknown {
    const { accountId, subaccountId } = principalOf(request);
    return { accountId, subaccountId };
  }
}

describeOnEachDatabase('the door of the masking API', (open) => {
  let app: NestFastifyApplication;
  let base: string;
  let written = '';
  const tokens: Record<string, { authId: string; authToken: string }> = {};

  beforeAll(async () => {
    const { database } = await open();
    const log = createLogger({ level: 'debug', format: 'json' }, { write: (line: string) => void (written += line) });
    const shared = [
      { provide: Config, useValue: testConfig() },
      { provide: Database, useValue: database },
      { provide: Crypto, useValue: new Crypto(Buffer.alloc(32, 7)) },
      Clock,
      Metrics,
      { provide: Log, useValue: log },
      WrongCredentials,
    ];
    @Global()
    @Module({ providers: shared, exports: shared })
    class SharedStub {}
    @Module({ imports: [SharedStub, AccountsModule], controllers: [WhoAmI] })
    class StubModule {}

    app = await NestFactory.create<NestFastifyApplication>(StubModule, createHttpAdapter(log, BEHIND_A_PROXY), {
      bodyParser: false,
      logger: false,
    });
    app.useGlobalFilters(new ErrorFilter(log));
    await app.listen(0, '127.0.0.1');
    base = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;

    await database.transaction(async (tx) => {
      const plivo = { plivoAuthId: 'MA', plivoAuthToken: 't' };
      const [create, createSub] = [app.get(CreateAccount), app.get(CreateSubaccount)];
      tokens['main'] = await create.run(tx, { name: 'Main', ...plivo });
      tokens['other'] = await create.run(tx, { name: 'Other', ...plivo });
      tokens['sub'] = await createSub.run(tx, tokens['main'].authId, 'Sub');
      tokens['sibling'] = await createSub.run(tx, tokens['main'].authId, 'Sibling');
      tokens['foreign'] = await createSub.run(tx, tokens['other'].authId, 'Foreign');
    });
  });
  afterAll(async () => app.close());

  const idOf = (name: string): string => tokens[name]?.authId ?? name;
  const basic = (user: string, password: string): string =>
    `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

  async function knock(
    path: string,
    authorization?: string,
  ): Promise<{ status: number; body: Record<string, unknown>; scheme: string | null }> {
    const response = await fetch(`${base}/v1/Account/${idOf(path)}/who/`, {
      headers: { ...(authorization !== undefined && { authorization }), ...fromElsewhere() },
    });
    const body = (await response.json()) as Record<string, unknown>;
    return { status: response.status, body, scheme: response.headers.get('www-authenticate') };
  }

  it.each([
    ['main', 'main', { account: 'main', subaccount: null }],
    ['main', 'sub', { account: 'main', subaccount: 'sub' }],
    ['sub', 'sub', { account: 'main', subaccount: 'sub' }],
    ['foreign', 'foreign', { account: 'other', subaccount: 'foreign' }],
  ])('lets %s in at %s', async (who, path, { account, subaccount }) => {
    const answer = await knock(path, basic(idOf(who), tokens[who]!.authToken));
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ accountId: idOf(account), subaccountId: subaccount && idOf(subaccount) });
  });

  it.each([
    ['main', 'other'],
    ['main', 'foreign'],
    ['other', 'main'],
    ['other', 'sub'],
    ['sub', 'main'],
    ['sub', 'sibling'],
    ['sub', 'other'],
    ['main', 'MAXXXXXXXXXXXXXXXXXX'],
    ['main', 'nonsense'],
  ])('shows %s nothing at %s', async (who, path) => {
    const answer = await knock(path, basic(idOf(who), tokens[who]!.authToken));
    expect(answer).toMatchObject({ status: 404, body: { error: 'not found' } });
  });

  it.each([undefined, ''])('asks for credentials when there are none: %j', async (header) => {
    expect(await knock('main', header)).toMatchObject({
      status: 401,
      body: { error: 'authentication credentials were not provided' },
      scheme: 'Basic realm="masking"',
    });
  });

  it('refuses everything else alike', async () => {
    const { authId, authToken } = tokens['main']!;
    const wrong = [
      basic(authId, `${authToken}x`),
      basic(authId, authToken.slice(0, -1)),
      basic(authId, ''),
      basic(authId.toLowerCase(), authToken),
      basic('MAXXXXXXXXXXXXXXXXXX', authToken),
      basic(idOf('sub'), authToken),
      basic('', ''),
      basic(authId, 'x'.repeat(2000)),
      `Bearer ${authToken}`,
      `Basic ${authToken}`,
      'Basic',
      'Basic !!!',
      `Basic ${Buffer.from(authId).toString('base64')}`,
    ];
    for (const header of wrong) {
      for (const path of ['main', 'other']) {
        const answer = await knock(path, header);
        expect({ header, ...answer }).toMatchObject({
          status: 401,
          body: { error: 'invalid authentication credentials' },
          scheme: 'Basic realm="masking"',
        });
      }
    }
  });

  it('reads the scheme in any case and passwords with colons', async () => {
    const { authId, authToken } = tokens['main']!;
    const header = basic(authId, authToken);
    expect((await knock('main', header.replace('Basic', 'basic'))).status).toBe(200);
    expect((await knock('main', basic(authId, `${authToken}:x`))).status).toBe(401);
  });

  it('writes no token to the log', () => {
    for (const { authToken } of Object.values(tokens)) expect(written).not.toContain(authToken);
    expect(written).toContain('http.request');
  });
});
