import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { request } from 'undici';
import { openDatabase } from '../src/data-source.js';
import { signV3 } from '../src/plivo/index.js';
import { createMigratedDatabase, databaseKinds } from './support/database.js';
import {
  AUTH_ID,
  AUTH_TOKEN,
  clientOf,
  sharedSettings,
  startProcess,
  temporaryFolder,
  type ServiceProcess,
} from './support/process.js';
import { startTcpProxy, type TcpProxy } from './support/tcp-proxy.js';

// SQLite is in the process: it cannot go away.
const whereADatabaseCanStop = databaseKinds.includes('mysql') ? describe : describe.skip;

whereADatabaseCanStop('while the database is away', () => {
  const cleanUp: (() => Promise<unknown>)[] = [];
  let proxy: TcpProxy;
  let service: ServiceProcess;
  let directUrl: string;
  const client = clientOf(4);

  beforeAll(async () => {
    const folder = await temporaryFolder();
    const database = await createMigratedDatabase('mysql');
    directUrl = database.url;
    const url = new URL(directUrl);
    proxy = await startTcpProxy({ host: url.hostname, port: Number(url.port) });
    url.hostname = '127.0.0.1';
    url.port = String(proxy.port);
    service = await startProcess(sharedSettings(url.toString(), folder.path));
    cleanUp.push(
      folder.remove,
      database.drop,
      () => proxy.close(),
      () => client.close(),
      () => service.kill(),
    );
    await client.admin(service.baseUrl, '/numbers', { account: AUTH_ID, number: '+12025550000' });
    const made = await client.create(service.baseUrl, { first_party: '+14155550001', second_party: '+14155550002' });
    expect(made.status).toBe(201);
    // For 5 s after an account was made, nothing about it is remembered.
    await new Promise((resolve) => setTimeout(resolve, 5_100));
  }, 60_000);

  afterAll(async () => {
    for (const step of cleanUp.toReversed()) await step();
  });

  /** A party calls, or its call asks for more; how long the answer took and what it was. */
  async function call(what = 'answer'): Promise<{ ms: number; status: number; xml: string }> {
    const url = `${service.baseUrl}/plivo/${AUTH_ID}/${what}`;
    const params = Object.entries({
      CallUUID: `${randomBytes(4).toString('hex')}-0000-4000-8000-000000000000`,
      From: '14155550001',
      To: '12025550000',
      Direction: 'inbound',
      Event: 'StartApp',
      CallStatus: 'ringing',
    });
    const nonce = randomBytes(10).toString('hex');
    const before = performance.now();
    const answer = await request(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-plivo-signature-v3': signV3({ method: 'POST', url, params, nonce, token: AUTH_TOKEN }),
        'x-plivo-signature-v3-nonce': nonce,
      },
      body: new URLSearchParams(params).toString(),
    });
    return { xml: await answer.body.text(), status: answer.statusCode, ms: performance.now() - before };
  }

  /** Within 5 s a call is; those before hear the sentence. */
  async function connected(): Promise<void> {
    const since = performance.now();
    let answer = await call();
    while (!answer.xml.includes('<Dial') && performance.now() - since < 5_000) answer = await call();
    expect(answer.xml).toContain('<Number>+14155550002</Number>');
  }

  const expectSafeRefusal = (answer: { ms: number; status: number; xml: string }): void => {
    expect(answer.status).toBe(200);
    expect(answer.xml).toMatch(
      /^<Response><Speak [^>]+>Sorry, your call cannot be connected[^<]*<\/Speak><Hangup\/><\/Response>$/,
    );
    expect(answer.ms).toBeLessThan(1500);
  };

  it.each(['silence', 'cut'] as const)(
    'answers with a refusal within 1.5 s (%s), and rightly within 5 s of its return',
    async (how) => {
      await connected();
      await settleCalls();
      proxy[how]();
      // The known signing token grows old in the meantime; it must not be needed anew.
      for (const wait of [0, 5_500]) {
        await new Promise((resolve) => setTimeout(resolve, wait));
        for (const answer of await Promise.all([call(), call(), call()])) expectSafeRefusal(answer);
      }
      proxy.restore();
      await connected();
      await settleCalls();
    },
    60_000,
  );

  it('is not ready, and alive', async () => {
    proxy.silence();
    const [ready, alive] = await Promise.all(['/readyz', '/livez'].map((path) => request(service.baseUrl + path)));
    proxy.restore();

    expect([ready?.statusCode, alive?.statusCode]).toEqual([503, 200]);
    await Promise.all([ready?.body.dump(), alive?.body.dump()]);
  });

  it('lets callers hear our ring tone', async () => {
    proxy.silence();
    const { status, xml } = await call('ring-tone/us');
    proxy.restore();

    expect([status, xml]).toEqual([200, expect.stringContaining('/ring-tones/us.wav</Play>')]);
  });

  /** Ends every conversation, so that the next call finds the session free. */
  async function settleCalls(): Promise<void> {
    const dataSource = await openDatabase({ kind: 'mysql', url: directUrl });
    await dataSource.query('UPDATE interaction SET ended_at = started_at');
    await dataSource.destroy();
  }
});
