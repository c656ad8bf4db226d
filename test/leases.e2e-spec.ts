import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { signV3 } from '../src/plivo/index.js';
import { mediaOf } from '../src/simulator/media/media.js';
import { createMigratedDatabase, databaseKinds } from './support/database.js';
import { stalled, startMediaStub, whole } from './support/media-stub.js';
import {
  AUTH_ID,
  AUTH_TOKEN,
  clientOf,
  sharedSettings,
  startProcess,
  temporaryFolder,
  type ServiceProcess,
} from './support/process.js';
import { startCall } from './support/recorded-call.js';

const NUMBER = '12025550001';
const PUBLIC_URL = 'http://masking.test';
const TAKEN_OVER_MS = 5_000;

// With TELL_TIMES=1 the first prints how long it took.
describe.each(databaseKinds)('what a process leases (%s)', (kind) => {
  const cleanUp: (() => Promise<unknown> | void)[] = [];
  afterEach(async () => {
    for (const step of cleanUp.splice(0).toReversed()) await step();
  });

  const client = clientOf(8);
  afterAll(() => client.close());

  async function place(plivoUrl: string): Promise<Record<string, string>> {
    const folder = await temporaryFolder();
    const database = await createMigratedDatabase(kind, join(folder.path, 'masking.db'));
    cleanUp.push(folder.remove, database.drop);
    const plivo = { PROVIDER: 'plivo', PLIVO_API_URL: plivoUrl, PUBLIC_URL };
    return { ...sharedSettings(database.url, folder.path), ...plivo, CALLBACK_ALLOW_PRIVATE: 'true' };
  }
  async function start(settings: Record<string, string>): Promise<ServiceProcess> {
    const service = await startProcess(settings);
    cleanUp.push(() => service.kill());
    return service;
  }

  it('is taken over within five seconds of its death: a callback and a recording that were under way', async () => {
    const plivo = await startMediaStub();
    const receiver = await startReceiver();
    cleanUp.push(plivo.close, receiver.stop);
    const settings = await place(plivo.baseUrl);
    const media = Buffer.concat([...mediaOf('wav', 20_000).bytes()]);
    const first = await start(settings);
    await client.admin(first.baseUrl, '/numbers', { account: AUTH_ID, number: `+${NUMBER}` });
    const from = '14155550123';
    await client.create(first.baseUrl, {
      first_party: from,
      second_party: '14155550124',
      record: true,
      // Neither is given up before its process is, however slow the machine.
      callback_url: `${receiver.url}#rt=40000&tt=55000`,
    });
    plivo.answer(stalled(media).answer);
    const call = await startCall(webhooks(first), { from, to: NUMBER });
    await call.answered();
    await call.ended();
    await call.recorded(plivo.urlOf(call.recordingId));
    await until(() => plivo.asked.length > 0 && receiver.got.length > 0);

    const second = kind === 'mysql' ? await start(settings) : null;
    plivo.answer(whole(media));
    await first.kill();
    let begun = performance.now();
    const heir = second ?? (await start(settings));
    if (second === null) begun = performance.now();
    await until(() => receiver.got.length > 1 && receiver.got[1] === receiver.got[0]);
    const deliveredMs = performance.now() - begun;
    await until(async () => {
      const { body } = await client.admin(heir.baseUrl, '/recordings');
      return (body.items as { status: string }[])[0]?.status === 'ready';
    });
    const fetchedMs = performance.now() - begun;
    expect({ deliveredMs, fetchedMs }).toEqual({ deliveredMs: expect.any(Number), fetchedMs: expect.any(Number) });
    expect(Math.max(deliveredMs, fetchedMs)).toBeLessThan(TAKEN_OVER_MS);
    if (process.env['TELL_TIMES']) console.log(kind, { deliveredMs, fetchedMs });
  }, 60_000);

  if (kind === 'sqlite') return;

  it('is taken over from one that stands still, which then does no harm: a person is rung once', async () => {
    const plivo = await startPlivo();
    cleanUp.push(plivo.stop);
    const settings = await place(plivo.url);
    const still = await start(settings);
    await client.admin(still.baseUrl, '/numbers', { account: AUTH_ID, number: `+${NUMBER}` });
    await client.create(still.baseUrl, {
      first_party: '14155550123',
      second_party: '14155550124',
      initiate_call_to_first_party: true,
    });
    await until(() => plivo.held.length === 1);
    still.child.kill('SIGSTOP');
    const other = await start(settings);
    await until(() => other.output().includes('process.taken-over'));
    // The other one has looked for the call and found none yet.
    await until(() => plivo.lookUps() > 0);
    for (const answer of plivo.held) answer();
    still.child.kill('SIGCONT');
    await until(async () => ((await client.admin(other.baseUrl, '/system')).body.processes as unknown[]).length === 2);
    await delay(1_000);
    expect(plivo.placed()).toBe(1);
    expect((await client.admin(other.baseUrl, '/jobs?status=parked')).body.items).toEqual([]);
  }, 60_000);

  it('roles: an API alone says that nobody works and goes on serving; a worker does what was asked for, and serves nobody', async () => {
    const receiver = await startReceiver({ holdFirst: false });
    cleanUp.push(receiver.stop);
    const settings = await place('http://127.0.0.1:1');
    const api = await start({ ...settings, ROLE: 'api' });
    const checks = async (): Promise<[number, unknown]> => {
      const answer = await fetch(`${api.baseUrl}/readyz`);
      return [answer.status, ((await answer.json()) as { checks: { workers: string } }).checks.workers];
    };
    expect(await checks()).toEqual([200, 'none']);
    await client.admin(api.baseUrl, '/numbers', { account: AUTH_ID, number: `+${NUMBER}` });
    const made = await client.create(api.baseUrl, {
      first_party: '14155550123',
      second_party: '14155550124',
      callback_url: receiver.url,
    });
    await startCall(webhooks(api), { from: '14155550123', to: NUMBER });
    await delay(1_000);
    expect(receiver.got).toEqual([]);

    const worker = await start({ ...settings, ROLE: 'worker' });
    await until(() => receiver.got.length > 0);
    await until(async () => (await checks())[1] === 'ok');
    const uuid = String(made.body.session_uuid);
    for (const path of [`/v1/Account/${AUTH_ID}/Masking/Session/${uuid}/`, '/admin/jobs', '/docs', '/nowhere', '/']) {
      const answer = await fetch(worker.baseUrl + path);
      const text = await answer.text();
      expect([path, answer.status, text]).toEqual([path, 404, expect.stringContaining('ROLE=worker')]);
    }
    for (const path of ['/livez', '/readyz', '/metrics']) expect((await fetch(worker.baseUrl + path)).status).toBe(200);

    const { body } = await client.admin(api.baseUrl, '/system');
    expect(body).toMatchObject({
      role: 'api',
      processes: [{ role: 'api' }, { role: 'worker', pid: worker.child.pid }],
    });
    await worker.stop();
    await until(async () => (await checks())[1] === 'none');
  }, 60_000);
});

function webhooks({ baseUrl }: ServiceProcess) {
  return async (path: string, params: Record<string, string>) => {
    const target = `/plivo/${AUTH_ID}${path}`;
    const list = Object.entries(params);
    const nonce = randomBytes(10).toString('hex');
    const signature = signV3({ method: 'POST', url: PUBLIC_URL + target, params: list, nonce, token: AUTH_TOKEN });
    const answer = await fetch(baseUrl + target, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-plivo-signature-v3': signature,
        'x-plivo-signature-v3-nonce': nonce,
      },
      body: new URLSearchParams(list).toString(),
    });
    return { status: answer.status, text: await answer.text() };
  };
}

/** Keeps the first callback waiting for its answer; `got` are the ids of all that came. */
async function startReceiver({ holdFirst = true } = {}) {
  const got: string[] = [];
  const server = createServer((request, response) => {
    got.push(String(request.headers['webhook-id']));
    request.resume();
    if (!holdFirst || got.length > 1) response.writeHead(200).end();
  });
  return { got, url: `${await listening(server)}/events`, stop: () => stopped(server) };
}

/** A Plivo that keeps who asks for a call waiting, and knows of no call yet. */
async function startPlivo() {
  const held: (() => void)[] = [];
  let placed = 0;
  let lookUps = 0;
  const server = createServer((request, response) => {
    const answer = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    request.resume();
    const isCall = (request.url ?? '').includes('/Call/');
    if (isCall && request.method === 'GET') lookUps += 1;
    if (!isCall || request.method !== 'POST') {
      answer(200, { api_id: randomUUID(), meta: { total_count: 0, limit: 20, offset: 0 }, objects: [] });
      return;
    }
    placed += 1;
    held.push(() => answer(201, { message: 'call fired', request_uuid: randomUUID(), api_id: randomUUID() }));
  });
  const url = await listening(server);
  return { url, held, placed: () => placed, lookUps: () => lookUps, stop: () => stopped(server) };
}

async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function stopped(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

async function until(fact: () => boolean | Promise<boolean>): Promise<void> {
  const limit = Date.now() + 20_000;
  while (!(await fact())) {
    if (Date.now() > limit) throw new Error('it did not come to that');
    await delay(20);
  }
}
