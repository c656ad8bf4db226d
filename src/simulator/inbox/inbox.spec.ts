import 'reflect-metadata';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { request } from 'undici';
import { Clock } from '../../platform/clock.js';
import { createHttpAdapter } from '../../platform/http/http-edge.js';
import { createLogger } from '../../platform/logging/logger.js';
import { DEMO_NUMBERS, SimulatorModule } from '../index.js';
import { Changes } from '../rules/changes.js';
import { newNonce, signatureHeaders } from '../webhooks/signature.js';
import { Inbox } from './inbox.js';

const MAIN = 'token-of-the-main-account';
const SUB = 'token-of-a-subaccount';
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

interface Entry {
  id: number;
  at: string;
  name: string;
  method: string;
  url: string;
  headers: Record<string, string>;
  params: Record<string, string>;
  body: string;
  status: number | null;
  signatures: Record<string, string | null>;
}

const clock = new Clock();
let app: NestFastifyApplication;
let base = '';

beforeAll(async () => {
  const module = SimulatorModule.register({
    authId: 'MAXXXXXXXXXXXXXXXXXX',
    authToken: MAIN,
    answerUrl: 'https://mask.example.com/prefix/plivo/MAXXXXXXXXXXXXXXXXXX/answer#rc=2',
    hangupUrl: '',
    clock,
    numbers: DEMO_NUMBERS,
    subaccountTokens: { SAXXXXXXXXXXXXXXXXXX: SUB },
  });
  const adapter = createHttpAdapter(createLogger({ level: 'silent', format: 'json' }));
  app = await NestFactory.create<NestFastifyApplication>(module, adapter, { logger: false, bodyParser: false });
  await app.listen(0, '127.0.0.1');
  base = await app.getUrl();
});
afterAll(() => app.close());
beforeEach(async () => {
  await control('DELETE', 'inbox/faults');
  await control('DELETE', 'inbox');
});

async function control(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object) {
  const answer = await request(`${base}/simulator/control/${path}`, {
    method,
    ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const text = await answer.body.text();
  return { status: answer.statusCode, body: (text === '' ? {} : JSON.parse(text)) as Record<string, never> };
}

async function entries(query = ''): Promise<Entry[]> {
  const { status, body } = await control('GET', `inbox${query}`);
  expect(status).toBe(200);
  return body['items'] as unknown as Entry[];
}

async function post(path: string, params: Record<string, string>, headers: Record<string, string> = {}) {
  const answer = await request(`${base}/simulator/inbox${path}`, {
    method: 'POST',
    headers: { ...FORM, ...headers },
    body: new URLSearchParams(params).toString(),
  });
  return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
}

function signed(method: 'GET' | 'POST', url: string, params: Record<string, string>, owner = MAIN) {
  return signatureHeaders({ method, url, params: Object.entries(params), nonce: newNonce() }, { owner, main: MAIN });
}

describe("the simulator's inbox", () => {
  it('keeps what was posted to it', async () => {
    const at = clock.now();
    const params = { EventName: 'SessionTimeout', SessionUUID: 'u-1', From: '', To: '+1 é' };
    const headers = { 'webhook-id': 'evt_1', 'user-agent': 'masking', cookie: 'no', authorization: 'no' };
    expect(await post('', params, headers)).toMatchObject({ status: 200, text: 'ok' });
    const [entry] = await entries();
    expect(entry).toMatchObject({
      name: '',
      method: 'POST',
      url: '/simulator/inbox',
      params,
      body: new URLSearchParams(params).toString(),
      headers: { 'webhook-id': 'evt_1', 'user-agent': 'masking', ...FORM },
      status: 200,
      signatures: { v3: null, ma_v3: null, v2: null, ma_v2: null },
    });
    expect(Object.keys(entry?.headers ?? {})).not.toEqual(expect.arrayContaining(['cookie']));
    expect(Object.keys(entry?.headers ?? {})).not.toEqual(expect.arrayContaining(['authorization']));
    expect(Math.abs(Date.parse(entry?.at ?? '') - at)).toBeLessThan(5000);
  });

  it('keeps what came by GET, and bodies that are no form', async () => {
    await request(`${base}/simulator/inbox/shop?EventName=X&SessionUUID=u%2B2`);
    await request(`${base}/simulator/inbox/shop`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"a":',
    });
    const [json, query] = await entries('?name=shop');
    expect(query).toMatchObject({
      method: 'GET',
      url: '/simulator/inbox/shop?EventName=X&SessionUUID=u%2B2',
      params: { EventName: 'X', SessionUUID: 'u+2' },
      body: '',
    });
    expect(json).toMatchObject({ method: 'POST', params: {}, body: '{"a":' });
  });

  it('says whether each signature is that of the account, for every URL it may be known by', async () => {
    const params = { EventName: 'X', SessionUUID: 'u', From: '1' };
    const verdicts = async (path: string, headers: Record<string, string>, sent = params) => {
      await post(path, sent, headers);
      return (await entries('?limit=1'))[0]?.signatures;
    };
    const all = (verdict: string) => ({ v3: verdict, ma_v3: verdict, v2: verdict, ma_v2: verdict });
    const local = `${base}/simulator/inbox`;
    expect(await verdicts('', signed('POST', local, params))).toEqual(all('valid'));
    expect(await verdicts('/a?b=c', signed('POST', `${local}/a?b=c`, params))).toEqual(all('valid'));
    const outside = signed('POST', 'https://mask.example.com/prefix/simulator/inbox', params);
    expect(await verdicts('', outside)).toEqual(all('valid'));
    expect(await verdicts('', signed('POST', local, params, SUB))).toEqual(all('valid'));
    expect(await verdicts('', signed('POST', local, params, 'other'))).toEqual({
      ...all('valid'),
      v3: 'invalid',
      v2: 'invalid',
    });
    const subaccountOnly = signatureHeaders(
      { method: 'POST', url: local, params: Object.entries(params), nonce: newNonce() },
      { owner: SUB, main: SUB },
    );
    expect(await verdicts('', subaccountOnly)).toEqual({ ...all('valid'), ma_v3: 'invalid', ma_v2: 'invalid' });
    // V2 covers the URL only.
    const changed = await verdicts('', signed('POST', local, params), { ...params, From: '2' });
    expect(changed).toEqual({ ...all('valid'), v3: 'invalid', ma_v3: 'invalid' });
    expect(await verdicts('/b', signed('POST', local, params))).toEqual(all('invalid'));
    const { 'X-Plivo-Signature-V3': v3, 'X-Plivo-Signature-V3-Nonce': nonce } = signed('POST', local, params);
    const two = { 'X-Plivo-Signature-V3': `old, ${v3}`, 'X-Plivo-Signature-V3-Nonce': nonce };
    expect(await verdicts('', two)).toEqual({ v3: 'valid', ma_v3: null, v2: null, ma_v2: null });

    const url = `${local}?EventName=X&To=%2B1`;
    await request(url, { headers: signed('GET', url, {}) });
    expect((await entries('?limit=1'))[0]?.signatures).toEqual(all('valid'));
  });

  it('shows the newest first, by inbox, session and event', async () => {
    await post('/a', { EventName: 'One', SessionUUID: 's1' });
    await post('/b', { EventName: 'One', SessionUUID: 's2' });
    await post('/a', { EventName: 'Two', SessionUUID: 's2' });
    await post('', { EventName: 'Two', SessionUUID: 's1' });
    const found = async (query: string) =>
      (await entries(query)).map(({ name, params }) => `${name}:${params['EventName']}:${params['SessionUUID']}`);
    expect(await found('')).toEqual([':Two:s1', 'a:Two:s2', 'b:One:s2', 'a:One:s1']);
    expect(await found('?name=a')).toEqual(['a:Two:s2', 'a:One:s1']);
    expect(await found('?name=')).toEqual([':Two:s1']);
    expect(await found('?session=s2&event=One')).toEqual(['b:One:s2']);
    expect(await found('?limit=1')).toEqual([':Two:s1']);
    await control('DELETE', 'inbox');
    expect(await found('')).toEqual([]);
  });

  it('lets a reader wait for as many as it expects', async () => {
    const waiting = entries('?session=w&wait_for=2&timeout=5');
    await post('', { SessionUUID: 'w' });
    await post('', { SessionUUID: 'w' });
    expect((await waiting).length).toBe(2);
    const { status, body } = await control('GET', 'inbox?session=w&wait_for=3&timeout=0');
    expect([status, body['code']]).toEqual([408, 'timeout']);
  });

  it('keeps the newest 1,000, and 16 MiB', () => {
    const inbox = new Inbox({ clock, changes: new Changes() }, () => ({ main: MAIN, owners: [MAIN], bases: [] }));
    const receive = (body: string) =>
      inbox.receive({ name: '', method: 'POST', path: '/', host: 'x', headers: {}, params: [], body });
    for (let index = 1; index <= 1010; index += 1) receive('');
    expect(inbox.newestFirst({}).length).toBe(1000);
    expect([inbox.newestFirst({})[0]?.id, inbox.newestFirst({}).at(-1)?.id]).toEqual([1010, 11]);
    for (let index = 0; index < 1000; index += 1) receive('x'.repeat(65_536));
    const kept = inbox.newestFirst({});
    // Each weighs its bytes twice: as they came and as parameters.
    expect(kept.length).toBeLessThanOrEqual(128);
    expect(kept.length).toBeGreaterThan(100);
  });

  it('refuses what is too large, and names that are none', async () => {
    expect((await post('', { text: 'x'.repeat(65_536) })).status).toBe(413);
    expect((await post('/a%20b', {})).status).toBe(404);
    expect((await post(`/${'a'.repeat(65)}`, {})).status).toBe(404);
    expect(await entries()).toEqual([]);
    expect((await request(`${base}/simulator/inbox`, { method: 'PUT' })).statusCode).not.toBe(200);
  });
});

describe('an inbox that misbehaves', () => {
  it('answers with the status, the pause and the redirect that were ordered, so many times', async () => {
    const ordered = await control('POST', 'inbox/faults', { status: 503, retry_after: 120, times: 2 });
    expect(ordered).toMatchObject({
      status: 200,
      body: { name: null, status: 503, retry_after: '120', hang_ms: 0, reset: false, redirect: null, times: 2 },
    });
    expect((await post('/a', {})).headers['retry-after']).toBe('120');
    expect((await post('', {})).status).toBe(503);
    expect((await post('', {})).status).toBe(200);
    expect((await entries()).map(({ status }) => status)).toEqual([200, 503, 503]);

    await control('POST', 'inbox/faults', { redirect: 'http://169.254.169.254/' });
    expect(await post('', {})).toMatchObject({ status: 302, headers: { location: 'http://169.254.169.254/' } });
  });

  it('does so by name, and the fault of a name goes before the one of all', async () => {
    await control('POST', 'inbox/faults', { status: 500 });
    await control('POST', 'inbox/faults', { name: 'shop', status: 410 });
    await control('POST', 'inbox/faults', { name: 'shop', status: 404, times: 1 });
    expect((await control('GET', 'inbox/faults')).body['items']).toMatchObject([
      { name: null, status: 500, times: null },
      { name: 'shop', status: 404, times: 1 },
    ]);
    const statuses = [];
    for (const path of ['/shop', '/shop', '']) statuses.push((await post(path, {})).status);
    expect(statuses).toEqual([404, 500, 500]);
    await control('DELETE', 'inbox/faults');
    expect((await post('', {})).status).toBe(200);
  });

  it('resets the connection, having kept the request', async () => {
    await control('POST', 'inbox/faults', { reset: true, times: 1 });
    await expect(post('', { EventName: 'X' })).rejects.toThrow();
    expect(await entries()).toMatchObject([{ params: { EventName: 'X' }, status: null }]);
    expect((await post('', {})).status).toBe(200);
  });

  it('hangs until the time is up or the faults are lifted', async () => {
    await control('POST', 'inbox/faults', { hang_ms: 100, times: 1 });
    const began = performance.now();
    expect((await post('', {})).status).toBe(200);
    expect(performance.now() - began).toBeGreaterThanOrEqual(95);

    await control('POST', 'inbox/faults', { hang_ms: 60_000, status: 502 });
    const hanging = post('', {});
    await entries('?wait_for=2');
    await control('DELETE', 'inbox/faults');
    expect((await hanging).status).toBe(502);
  });

  it('is forgotten with everything else', async () => {
    await control('POST', 'inbox/faults', { status: 500 });
    await post('', {});
    await control('POST', 'reset');
    expect(await entries()).toEqual([]);
    expect((await control('GET', 'inbox/faults')).body['items']).toEqual([]);
  });

  it.each([
    { status: 99 },
    { status: 200.5 },
    { hang_ms: 60_001 },
    { times: 0 },
    { reset: 'yes' },
    { redirect: 'a b' },
    { retry_after: -1 },
    { name: 'a/b' },
    { unknown: 1 },
  ])('refuses %j', async (body) => {
    expect(await control('POST', 'inbox/faults', body)).toMatchObject({
      status: 400,
      body: { code: 'invalid_request' },
    });
  });
});
