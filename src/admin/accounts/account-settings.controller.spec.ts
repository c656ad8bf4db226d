import type { AddressInfo } from 'node:net';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Global, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import fc from 'fast-check';
import { describeOnEachDatabase } from '../../../test/support/database.js';
import { testConfig } from '../../../test/support/ground.js';
import {
  AccountsModule,
  AccountSettings,
  CreateAccount,
  CreateSubaccount,
  isRefusalText,
} from '../../accounts/index.js';
import { refuseXml } from '../../plivo/index.js';
import { Clock } from '../../platform/clock.js';
import { Crypto } from '../../platform/crypto/crypto.js';
import { Config } from '../../platform/settings/config.js';
import { Secrets } from '../../platform/settings/data-folder.js';
import { Database } from '../../platform/database/database.js';
import { COUNTRIES } from '../../telephony/destination-table.js';
import { ErrorFilter } from '../../platform/http/error-filter.js';
import { createHttpAdapter } from '../../platform/http/http-edge.js';
import { WrongCredentials } from '../../platform/http/wrong-credentials.js';
import { Metrics } from '../../platform/metrics.js';
import { Idempotency } from '../../platform/http/idempotency.js';
import { createLogger, Log } from '../../platform/logging/logger.js';
import { AccountSettingsController } from './account-settings.controller.js';
import { AdmitOperator } from '../access/admit-operator.js';
import { ConsoleLogins } from '../access/console-logins.js';
import { KnownOperators } from '../access/known-operators.js';
import { NumberGuesses } from '../access/number-guesses.js';
import { AdminGuard } from '../admin.guard.js';
import { AuditController } from '../audit/audit.controller.js';
import { Audit } from '../audit/audit.js';
import { anyCharacter } from '../../../test/support/any-character.js';

const ADMIN_TOKEN = 'admin-token-of-the-test';
const DEFAULTS = {
  language: 'en-US',
  refusals: {},
  allowed_countries: null,
  recording_retention_days: 30,
  text_retention_days: 0,
  unrouted_url: null,
  texts: 'off',
  messaging_default: false,
  messaging_media: false,
  text_languages: [],
  text_notices: {},
  text_redaction: [],
  text_in_callbacks: false,
  default_country: null,
  session_fee: '0',
  minute_fee: '0',
  message_fee: '0',
  daily_spend_cap: null,
  max_rate_per_minute: null,
  max_rate_per_message: null,
  daily_requested_calls: 0,
  daily_destinations: 0,
};

interface Answered {
  status: number;
  text: string;
  body: Record<string, unknown>;
}

describeOnEachDatabase('call settings in the admin API', (open) => {
  let app: NestFastifyApplication;
  let database: Database;
  let base: string;
  let account = '';
  let subaccount = '';
  let written = '';

  beforeAll(async () => {
    ({ database } = await open());
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
      controllers: [AccountSettingsController, AuditController],
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
  });
  afterAll(async () => app.close());

  beforeEach(async () => {
    const created = await database.transaction(async (tx) => {
      const plivo = { name: 'Acme', plivoAuthId: 'MA', plivoAuthToken: 't' };
      const { authId } = await app.get(CreateAccount).run(tx, plivo);
      return { authId, sub: await app.get(CreateSubaccount).run(tx, authId, 'Sub') };
    });
    account = created.authId;
    subaccount = created.sub.authId;
  });

  async function ask(method: string, body?: unknown, of = account, token = ADMIN_TOKEN): Promise<Answered> {
    const response = await fetch(`${base}/admin/accounts/${of}/settings`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, text, body: JSON.parse(text || '{}') as Record<string, unknown> };
  }
  const patch = (body: unknown) => ask('PATCH', body);
  async function newestAudit(): Promise<Record<string, unknown> | undefined> {
    const response = await fetch(`${base}/admin/audit?limit=1`, {
      headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
    });
    return ((await response.json()) as { items: Record<string, unknown>[] }).items[0];
  }

  it('are the defaults of a new account', async () => {
    expect(await ask('GET')).toMatchObject({ status: 200, body: DEFAULTS });
  });

  it('answer a change with what holds now, and hold it', async () => {
    const first = await patch({ language: 'fr-FR', refusals: { busy: 'Occupé.', 'no-other-party': '' } });
    expect(first.status).toBe(200);
    expect(first.body).toEqual({ ...DEFAULTS, language: 'fr-FR', refusals: { busy: 'Occupé.', 'no-other-party': '' } });

    const ofTexts = {
      text_languages: ['es'],
      text_notices: { failed: 'Not delivered.', help: '' },
      text_redaction: ['links', 'numbers'],
      text_in_callbacks: true,
    };
    expect((await patch(ofTexts)).body).toMatchObject(ofTexts);
    const back = { text_languages: [], text_notices: { failed: null, help: null }, text_redaction: [] };
    await patch({ ...back, text_in_callbacks: false });

    const second = await patch({ refusals: { busy: null }, allowed_countries: ['US', 'GB'] });
    const wanted = {
      ...DEFAULTS,
      language: 'fr-FR',
      refusals: { 'no-other-party': '' },
      allowed_countries: ['GB', 'US'],
    };
    expect(second.body).toEqual(wanted);
    expect((await ask('GET')).body).toEqual(wanted);
    expect(await app.get(AccountSettings).of(account)).toEqual(wanted);
    expect((await patch({ allowed_countries: null })).body).toEqual({ ...wanted, allowed_countries: null });
  });

  it('take every country, and none', async () => {
    expect((await patch({ allowed_countries: [...COUNTRIES] })).body['allowed_countries']).toHaveLength(COUNTRIES.size);
    expect((await patch({ allowed_countries: [] })).body['allowed_countries']).toEqual([]);
    expect((await patch({})).body['allowed_countries']).toEqual([]);
  });

  it('demand what a text costs at the most beside a cap while texts are on, and leave what was taken before as it is', async () => {
    const cap = { daily_spend_cap: '5', max_rate_per_minute: '0.02' };
    const rate = { max_rate_per_message: '0.01' };
    const missing = { status: 400, body: { param: 'max_rate_per_message' } };
    expect(await patch({ texts: 'off', ...cap })).toMatchObject({ status: 200 });
    expect(await patch({ texts: 'on' })).toMatchObject(missing);
    expect(await patch({ texts: 'on', max_rate_per_message: '0' })).toMatchObject(missing);
    expect(await patch({ texts: 'on', ...rate })).toMatchObject({ status: 200 });
    expect(await patch({ max_rate_per_message: null })).toMatchObject(missing);
    expect(await patch({ daily_spend_cap: null, max_rate_per_message: null })).toMatchObject({ status: 200 });
    expect(await patch(cap)).toMatchObject(missing);
    // As an earlier version took it.
    const old = JSON.stringify({ texts: 'on', ...cap });
    await database.transaction((tx) => tx.query('UPDATE account_setting SET value = ?', [old]));
    expect(await patch({ language: 'de-DE' })).toMatchObject({ status: 200, body: { ...cap, texts: 'on' } });
    await database.transaction((tx) => tx.query('DELETE FROM account_setting'));
  });

  it.each([
    [{ language: null }, 'language'],
    [{ language: 'english' }, 'language'],
    [{ language: 'xx-YY' }, 'language'],
    [{ language: 'aaa' }, 'language'],
    [{ language: ['en'] }, 'language'],
    [{ refusals: null }, 'refusals'],
    [{ refusals: 'busy' }, 'refusals'],
    [{ refusals: ['busy'] }, 'refusals'],
    [{ refusals: { nobody: 'x' } }, 'refusals'],
    [{ refusals: { toString: 'x' } }, 'refusals'],
    [{ refusals: { '+14155550123': 'x' } }, 'refusals'],
    [{ refusals: { busy: 5 } }, 'refusals'],
    [{ refusals: { busy: ' ' } }, 'refusals'],
    [{ refusals: { busy: 'x'.repeat(301) } }, 'refusals'],
    [{ refusals: { busy: 'call +14155550123 <now>' } }, 'refusals'],
    [{ refusals: { busy: 'fine', trouble: '"' } }, 'refusals'],
    [{ allowed_countries: 'US' }, 'allowed_countries'],
    [{ allowed_countries: { 0: 'US' } }, 'allowed_countries'],
    [{ allowed_countries: ['us'] }, 'allowed_countries'],
    [{ allowed_countries: ['UK'] }, 'allowed_countries'],
    [{ allowed_countries: ['US', '__proto__'] }, 'allowed_countries'],
    [{ allowed_countries: ['US', null] }, 'allowed_countries'],
    [{ allowed_countries: Array.from({ length: 1_000 }, () => 'US') }, 'allowed_countries'],
    [{ allowed_countries: 'OWN' }, 'allowed_countries'],
    [{ unrouted_url: 5 }, 'unrouted_url'],
    [{ unrouted_url: ['https://ivr.example'] }, 'unrouted_url'],
    [{ unrouted_url: 'ivr.example/14155550123' }, 'unrouted_url'],
    [{ daily_requested_calls: -1 }, 'daily_requested_calls'],
    [{ daily_requested_calls: '10' }, 'daily_requested_calls'],
    [{ daily_destinations: 1.5 }, 'daily_destinations'],
    [{ daily_destinations: 1_000_000_001 }, 'daily_destinations'],
    [{ spend_cap: 5 }, 'spend_cap'],
    [{ text_languages: ['xx'] }, 'text_languages'],
    [{ text_languages: null }, 'text_languages'],
    [{ text_notices: { nobody: 'x' } }, 'text_notices'],
    [{ text_notices: { failed: ' ' } }, 'text_notices'],
    [{ text_notices: ['x'] }, 'text_notices'],
    [{ text_redaction: ['names'] }, 'text_redaction'],
    [{ text_in_callbacks: 'yes' }, 'text_in_callbacks'],
    [{ '+14155550123': 5 }, undefined],
  ])('refuse wrong change %#', async (body, param) => {
    const answer = await patch(body);
    expect(answer).toMatchObject({ status: 400, body: { status: 400, code: 'invalid_request' } });
    expect(answer.body['param']).toBe(param);
    expect(answer.body['detail']).toEqual(expect.stringContaining(param ?? 'field'));
    expect(answer.text + written).not.toContain('5550123');
    expect((await ask('GET')).body).toEqual(DEFAULTS);
  });

  it.each(['{"refusals":{"__proto__":{"busy":"x"}}}', '{"__proto__":{"language":"fr"}}', '[]', '"x"', 'null', '{'])(
    'refuse the body %s',
    async (body) => {
      expect((await patch(body)).status).toBe(400);
      expect((await ask('GET')).body).toEqual(DEFAULTS);
    },
  );

  it('say which sentence is wrong and how', async () => {
    const { body } = await patch({ refusals: { busy: 'fine', trouble: '<' } });
    expect(body['detail']).toMatch(/^refusals\.trouble must be null, empty, or one line of at most 300 characters/);
  });

  it('are those of accounts only', async () => {
    for (const nobody of ['MAXXXXXXXXXXXXXXXXXX', 'nonsense', subaccount]) {
      expect(await ask('GET', undefined, nobody)).toMatchObject({ status: 404, body: { code: 'not_found' } });
      expect(await ask('PATCH', {}, nobody)).toMatchObject({ status: 404, body: { code: 'not_found' } });
    }
  });

  it('are closed to all but the admin', async () => {
    expect((await ask('GET', undefined, account, 'x')).status).toBe(401);
    expect((await ask('PATCH', { language: 'fr' }, account, 'x')).status).toBe(401);
    expect((await ask('GET')).body).toEqual(DEFAULTS);
  });

  it('leave a trace of a change without its sentences, and none of a refused one', async () => {
    const text = `Call our desk: ${randomUUID()}`;
    await patch({ language: 'es-ES', refusals: { busy: text, trouble: null }, allowed_countries: ['ES', 'PT'] });
    const entry = await newestAudit();
    expect(entry).toMatchObject({
      action: 'settings.changed',
      actor: 'admin',
      target: account,
      details: { language: 'es-ES', refusals: 'busy,trouble', allowed_countries: 'ES,PT' },
    });
    expect(JSON.stringify(entry) + written).not.toContain(text);

    await patch({ language: 'nonsense' });
    await ask('PATCH', {}, 'MAXXXXXXXXXXXXXXXXXX');
    expect(await newestAudit()).toEqual(entry);

    await patch({ allowed_countries: null });
    expect(await newestAudit()).toMatchObject({ details: { allowed_countries: null } });
    await patch({ allowed_countries: 'own' });
    expect(await newestAudit()).toMatchObject({ details: { allowed_countries: 'own' } });
  });

  it('take a URL for callers whom no session claims, of which no trace holds more than that there is one', async () => {
    const url = `https://ivr.example/in?key=${randomUUID()}`;
    expect((await patch({ unrouted_url: url })).body).toEqual({ ...DEFAULTS, unrouted_url: url });
    const entry = await newestAudit();
    expect(entry).toMatchObject({ details: { unrouted_url: 'set' } });
    expect((await ask('GET')).body).toMatchObject({ unrouted_url: url });
    expect((await patch({ unrouted_url: null })).body).toEqual(DEFAULTS);
    expect(await newestAudit()).toMatchObject({ details: { unrouted_url: 'removed' } });
    expect(JSON.stringify(entry) + written).not.toContain(url.slice(-36));
  });
});

describe('a sentence that the settings take', () => {
  it('can be spoken', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter, minLength: 1, maxLength: 300 }), (text) => {
        fc.pre(isRefusalText(text));
        expect(refuseXml({ say: { text, language: 'en-US' } })).toContain('</Speak>');
      }),
      { numRuns: 2_000 },
    );
  });
});
