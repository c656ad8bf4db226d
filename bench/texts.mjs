// Texts at a steady rate beside calls at a steady rate: how soon a text that a phone has sent is handed to Plivo for the other one, and what calls feel of it.
// `npm run bench:texts [-- sqlite|mysql] [texts a second] [calls a second] [seconds of each part]`. Service, simulated Plivo and callers share the machine; Plivo is
// on other machines, so its stand-in gets what processor time is left (PLIVO_YIELDS=0: its share). WORKER=1: calls by a process with ROLE=api, texts passed on by one
// with ROLE=worker, which yields to it; a server's database alone can be shared.
import { setPriority } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { Agent } from 'undici';
import { machine, percentile, promises, say, table } from './callback-report.mjs';
import { dropAll, kinds, newFolder } from './databases.mjs';
import { ACCOUNT, ADMIN_TOKEN, createRequest, parties, poolNumber } from './requests.mjs';
import { ENCRYPTION_KEY } from './scale-rows.mjs';
import { freePort, killAll, startService } from './servers.mjs';
import { callSteadily, send } from './steady-calls.mjs';
import { startPlivo } from './year-plivo.mjs';

const [kind = 'sqlite', ...figures] = process.argv.slice(2);
const [TEXTS = 50, CALLS = 50, SECONDS = 15] = figures.map(Number);
const HANDED_WITHIN_MS = 500;
const FELT_AT_MOST = 1.1;
/** Everybody writes a few: more than thirty a minute of one party are refused. */
const TEXTERS = Math.ceil((TEXTS * SECONDS) / 4);
const NUMBERS = Array.from({ length: 100 }, (_, index) => poolNumber(index));
const SETTLE_MS = 5_000;
const IS_PLIVO_YIELDING = process.env.PLIVO_YIELDS !== '0';
const HAS_WORKER = process.env.WORKER === '1';
const YIELDING = 5;

const agent = new Agent({ connections: 200, pipelining: 1 });
let plivo;
try {
  say(machine());
  say(await kinds[kind].describe());
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  plivo = await startPlivo(await freePort(), NUMBERS, origin, IS_PLIVO_YIELDING);
  const place = { databaseUrl: await kinds[kind].create(), dataFolder: newFolder() };
  const settings = { PUBLIC_URL: origin, PLIVO_API_URL: plivo.url, ...(HAS_WORKER && { ENCRYPTION_KEY }) };
  const service = await startService({
    ...place,
    settings: { ...settings, PORT: String(port), ROLE: HAS_WORKER ? 'api' : 'all' },
  });
  const worker = HAS_WORKER ? await startService({ ...place, settings: { ...settings, ROLE: 'worker' } }) : null;
  if (worker !== null) setPriority(worker.pid, YIELDING);
  await operator(origin, 'PATCH', `/accounts/${ACCOUNT.authId}/settings`, { texts: 'on', messaging_default: true });
  // Settings are remembered for five seconds.
  await delay(6_000);
  await operator(origin, 'POST', `/numbers/sync?account=${ACCOUNT.authId}`, {});
  const callers = await open(service, 0, 3 * CALLS * SECONDS);
  const texters = await open(service, callers.length, TEXTERS);

  const callsFor = (seconds) => callSteadily(agent, service, CALLS, callers, { seconds });
  await callsFor(3);
  const before = await callsFor(SECONDS);
  const [beside] = await Promise.all([callsFor(SECONDS), write(texters)]);
  await delay(SETTLE_MS);
  const after = await callsFor(SECONDS / 2);
  report({ before, beside, after }, handedMs(await plivo.texts()));
  await worker?.stop();
  await service.stop();
} finally {
  await plivo?.stop();
  await agent.close();
  killAll();
  await dropAll();
}

async function operator(origin, method, path, body) {
  const answer = await fetch(`${origin}/admin${path}`, {
    method,
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
}

async function open({ origin }, from, count) {
  const sessions = [];
  for (let n = from; n < from + count; n += 1) {
    const { statusCode, text } = await send(agent, origin, createRequest(n));
    if (statusCode !== 201) throw new Error(`creating a session: ${statusCode} ${text}`);
    const { session } = JSON.parse(text);
    if (session.messaging !== true) throw new Error('expected a session with texts');
    sessions.push({ ...parties(n), id: session.session_uuid, virtualNumber: session.virtual_number });
  }
  return sessions;
}

/** As phones do: one after the other, whatever becomes of those before. */
async function write(texters) {
  const beganAt = performance.now();
  const written = [];
  while (written.length < TEXTS * SECONDS) {
    const due = Math.min(TEXTS * SECONDS, Math.floor(((performance.now() - beganAt) / 1000) * TEXTS) + 1);
    while (written.length < due) {
      const { second, virtualNumber } = texters[written.length % texters.length];
      written.push(plivo.write(second, virtualNumber, `text ${written.length}`));
    }
    await delay(2);
  }
  await Promise.all(written);
}

/** Of each text from when it was written until Plivo was asked to send it on; infinite where it never was. */
function handedMs(texts) {
  const sent = new Map(
    texts.filter(({ direction }) => direction === 'outbound').map(({ text, at }) => [text, Date.parse(at)]),
  );
  const written = texts.filter(({ direction }) => direction === 'inbound');
  return written.map(({ text, at }) => (sent.get(text) ?? Number.POSITIVE_INFINITY) - Date.parse(at));
}

function report(calls, handed) {
  const of = (values, share) => percentile(values, share);
  const ms = (value) => (Number.isFinite(value) ? value.toFixed(1) : 'never');
  table([
    ['calls', 'a second', 'connected', 'refused, failed', 'p50 ms', 'p99 ms'],
    ...Object.entries(calls).map(([name, { offered, connectedMs, refused, failed }]) => [
      { before: 'alone', beside: 'beside texts', after: 'alone again' }[name],
      offered.toFixed(0),
      connectedMs.length,
      `${refused}, ${failed}`,
      ms(of(connectedMs, 0.5)),
      ms(of(connectedMs, 0.99)),
    ]),
  ]);
  table([
    ['texts', 'a second', 'p50 ms', 'p99 ms', 'longest ms', 'never'],
    [
      handed.length,
      TEXTS,
      ms(of(handed, 0.5)),
      ms(of(handed, 0.99)),
      ms(Math.max(...handed)),
      handed.filter((took) => !Number.isFinite(took)).length,
    ],
  ]);
  const felt = (share) => of(calls.beside.connectedMs, share) / of(calls.before.connectedMs, share);
  promises([
    {
      promise: `handed to Plivo within ${HANDED_WITHIN_MS} ms, p99`,
      seen: `${ms(of(handed, 0.99))} ms`,
      isKept: of(handed, 0.99) <= HANDED_WITHIN_MS,
    },
    ...[0.5, 0.99].map((share) => ({
      promise: `call answers at p${share * 100}, times those alone, at most ${FELT_AT_MOST}`,
      seen: felt(share).toFixed(2),
      isKept: felt(share) <= FELT_AT_MOST,
    })),
  ]);
}
