import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { request } from 'undici';
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

const SESSIONS = 4;
const EVENTS_A_CALL = 6;
/** Past every wait of a test's few attempts at once,. */
const STEP_SECONDS = 20;
const LIMIT_MS = 30_000;

type Deed = 'ok' | '500' | 'reset' | 'hang' | 'redirect' | '429' | '410';
/** What a receiver does with the first attempt of each event of a call; later attempts succeed. The last one is gone for good. */
const FIRST_DEEDS: Deed[] = ['500', 'reset', 'hang', 'redirect', '429', '410'];

interface Received {
  id: string;
  body: string;
  session: string;
  sequence: number;
  deed: Deed;
}

interface Shown {
  id: string;
  session_uuid: string;
  sequence_number: number;
  status: string;
  outcome: string | null;
}

// bench/callback-faults.mjs does the same with twenty thousand events, chance and many kills.
describe.each(databaseKinds)('callbacks through faults (%s)', (kind) => {
  const cleanUp: (() => Promise<unknown> | void)[] = [];
  afterAll(async () => {
    for (const step of cleanUp.toReversed()) await step();
  });

  it('every event is delivered in order, or parked, while receivers fail and the service is killed; a replay delivers the rest', async () => {
    const folder = await temporaryFolder();
    const database = await createMigratedDatabase(kind, join(folder.path, 'masking.db'));
    const receiver = await startReceiver();
    const client = clientOf(16);
    cleanUp.push(folder.remove, database.drop, receiver.stop, client.close);
    const settings = { ...sharedSettings(database.url, folder.path), WORKER_POLL_MS: '100' };
    let service = await startProcess(settings);
    cleanUp.push(() => service.kill());
    const callbacks = async (): Promise<Shown[]> =>
      (await client.admin(service.baseUrl, '/callbacks?limit=200')).body.items as Shown[];
    const settle = (status: string, count: number): Promise<void> =>
      until(
        async () => (await callbacks()).filter((callback) => callback.status === status).length >= count,
        () => advance(service, STEP_SECONDS),
      );

    await client.admin(service.baseUrl, '/numbers', { account: AUTH_ID, number: '+12025550000' });
    for (let index = 0; index < SESSIONS; index++)
      await tellCall(client, service, index, `${receiver.url}#rt=400&tt=400`);
    // The third events hang, each with two delivered before it.
    await until(
      async () => receiver.got.filter(({ deed }) => deed === 'hang').length === SESSIONS,
      () => advance(service, STEP_SECONDS),
    );
    await service.kill();
    service = await startProcess(settings);
    const restarted = performance.now();
    // The clock stands: what was under way is taken up by who finds that its process is dead.
    const isAgain = async () => receiver.got.filter(({ sequence, deed }) => sequence === 3 && deed === 'ok').length > 0;
    await until(isAgain, async () => undefined);
    expect(performance.now() - restarted).toBeLessThan(5000);
    await settle('parked', SESSIONS);

    const parked = await callbacks();
    expect(parked).toHaveLength(SESSIONS * EVENTS_A_CALL);
    expect(parked.map(({ status, sequence_number: sequence }) => `${sequence} ${status}`).sort()).toEqual(
      Array.from({ length: SESSIONS }, () => FIRST_DEEDS.map((deed, at) => `${at + 1} ${after(deed)}`))
        .flat()
        .sort(),
    );
    const replayed = await client.admin(service.baseUrl, '/callbacks/replay', { status: 'parked' });
    expect(replayed.body).toEqual({ queued: SESSIONS });
    await settle('delivered', SESSIONS * EVENTS_A_CALL);

    const firsts = firstDeliveries(receiver.got);
    for (const { session_uuid: session } of parked) {
      const sequences = firsts.filter((received) => received.session === session).map(({ sequence }) => sequence);
      expect(sequences).toEqual([1, 2, 3, 4, 5, 6]);
    }
    for (const { id, session_uuid: session, sequence_number: sequence } of parked) {
      const attempts = receiver.got.filter((received) => received.id === id);
      expect(new Set(attempts.map(({ body }) => body)).size).toBe(1);
      expect(attempts[0]).toMatchObject({ session, sequence });
    }
  }, 120_000);
});

const after = (deed: Deed): string => (deed === '410' ? 'parked' : 'delivered');

function firstDeliveries(got: Received[]): Received[] {
  const first = new Map<string, Received>();
  for (const received of got) if (received.deed === 'ok' && !first.has(received.id)) first.set(received.id, received);
  return [...first.values()];
}

/** A call that is answered and ended, as Plivo's webhooks tell it: six events. */
async function tellCall(
  client: ReturnType<typeof clientOf>,
  { baseUrl }: ServiceProcess,
  index: number,
  callbackUrl: string,
): Promise<void> {
  const [first, second] = [`1415555${1000 + index}`, `1416555${1000 + index}`];
  const { body } = await client.create(baseUrl, {
    first_party: `+${first}`,
    second_party: `+${second}`,
    session_expiry: 86_400,
    callback_url: callbackUrl,
  });
  const virtual = String(body.virtual_number).slice(1);
  const leg = { CallUUID: randomUUID(), SessionStart: '2026-01-05 10:00:00.100000' };
  const inbound = { ...leg, From: first, To: virtual, Direction: 'inbound' };
  const dial = { ...leg, DialBLegUUID: randomUUID(), DialBLegFrom: virtual, DialBLegTo: second };
  const times = { StartTime: '2026-01-05 10:00:00', AnswerTime: '2026-01-05 10:00:08', EndTime: '2026-01-05 10:00:39' };
  const xml = await webhook(baseUrl, '/answer', { ...inbound, Event: 'StartApp', CallStatus: 'ringing' });
  const path = /\/sessions\/[0-9a-f-]{36}\/calls\/[0-9a-f-]{36}\//.exec(xml)?.[0] ?? 'not connected';
  await webhook(baseUrl, `${path}dial-event`, { ...dial, DialAction: 'answer' });
  await webhook(baseUrl, `${path}dial-event`, {
    ...dial,
    ...times,
    DialAction: 'hangup',
    DialBLegDuration: '31',
    DialBLegTotalCost: '0.01200',
    DialBLegHangupSource: 'Callee',
  });
  await webhook(baseUrl, '/hangup', { ...inbound, ...times, Event: 'Hangup', Duration: '31', TotalCost: '0.01200' });
}

async function webhook(baseUrl: string, target: string, form: Record<string, string>): Promise<string> {
  const url = `${baseUrl}/plivo/${AUTH_ID}${target}`;
  const params = Object.entries(form);
  const nonce = randomUUID();
  const answer = await request(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-plivo-signature-v3': signV3({ method: 'POST', url, params, nonce, token: AUTH_TOKEN }),
      'x-plivo-signature-v3-nonce': nonce,
    },
    body: new URLSearchParams(params).toString(),
  });
  const text = await answer.body.text();
  expect([answer.statusCode, text]).toEqual([200, expect.anything()]);
  return text;
}

async function advance({ baseUrl }: ServiceProcess, seconds: number): Promise<void> {
  const answer = await request(`${baseUrl}/simulator/control/clock`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ advance_seconds: seconds }),
  });
  await answer.body.dump();
  expect(answer.statusCode).toBeLessThan(300);
}

/** Awaits a fact; each time that it is not there yet, something may be done about it. */
async function until(fact: () => Promise<boolean>, otherwise: () => Promise<void>): Promise<void> {
  const deadline = Date.now() + LIMIT_MS;
  while (!(await fact())) {
    if (Date.now() > deadline) throw new Error('the fact did not come about');
    await otherwise();
    await delay(150);
  }
}

async function startReceiver() {
  const got: Received[] = [];
  const server = createServer((incoming, response) => void receive(got, incoming, response));
  server.on('connection', (socket) => socket.on('error', () => undefined));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/events`,
    got,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function receive(got: Received[], incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = '';
  for await (const chunk of incoming) body += String(chunk);
  const form = new URLSearchParams(body);
  const id = String(incoming.headers['webhook-id']);
  const sequence = Number(form.get('SequenceNumber'));
  const isFirst = !got.some((received) => received.id === id);
  const deed = isFirst ? (FIRST_DEEDS[sequence - 1] ?? 'ok') : 'ok';
  got.push({ id, body, session: form.get('SessionUUID') ?? '', sequence, deed });

  if (deed === 'hang') return;
  if (deed === 'reset') incoming.socket.destroy();
  else if (deed === 'redirect') response.writeHead(302, { location: '/elsewhere' }).end();
  else if (deed === '429') response.writeHead(429, { 'retry-after': '9' }).end();
  else response.writeHead(deed === 'ok' ? 200 : Number(deed)).end();
}
