// A steady mixed load for minutes, on one process with all background work: sessions are opened, read, listed, called, hung up on and ended, and what
// happens is told to a customer's server. `npm run build && node bench/soak.mjs [minutes] [--only sqlite|mysql] [--rate 10]`, rate in sessions a second,
// each some ten requests; exit code 1 when resident memory still grows in the last two thirds of the time.
import { parseArgs } from 'node:util';
import { setTimeout as delay } from 'node:timers/promises';
import { request } from 'undici';
import { openSession, playCall, sender } from './callback-facts.mjs';
import { newPlace, onEachKind, startAt } from './callback-places.mjs';
import { startReceivers } from './callback-receivers.mjs';
import { promises, table } from './callback-report.mjs';
import { getRequest, listRequest } from './requests.mjs';
import { cpuMicros, peakMegabytes, rssMegabytes } from './servers.mjs';

const LOOK_EVERY_MS = 30_000;
const MOST_GROWTH_MB_A_MINUTE = 0.5;
const LIST_EVERY = 10;
const METRICS = {
  heapMb: 'nodejs_heap_size_used_bytes',
  externalMb: 'nodejs_external_memory_bytes',
  handles: 'nodejs_active_handles_total',
};

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: 'string' }, rate: { type: 'string', default: '10' } },
});
const minutes = Number(positionals[0] ?? 30);
const rate = Number(flags.rate);
if (!(minutes >= 2) || !(rate > 0)) {
  process.stderr.write('expected at least 2 minutes and a rate above 0\n');
  process.exit(2);
}

await onEachKind(`Memory under a steady load, ${rate} sessions a second`, flags.only, async (kind) => {
  const receivers = await startReceivers(1);
  const service = await startAt(await newPlace(kind));
  try {
    const seen = await soak(service, receivers);
    const growth = slope(seen.looks.slice(Math.floor(seen.looks.length / 3)));
    promises([
      {
        promise: `memory grows by at most ${MOST_GROWTH_MB_A_MINUTE} MB a minute`,
        seen: `${growth.toFixed(2)} MB a minute, ${peakMegabytes(service.pid).toFixed(0)} MB at most`,
        isKept: growth <= MOST_GROWTH_MB_A_MINUTE,
      },
      {
        promise: 'every session is served and told of',
        seen: `${seen.sessions} sessions, ${seen.failed} failed, ${seen.callbacks} callbacks`,
        isKept: seen.failed === 0 && seen.callbacks > seen.sessions,
      },
    ]);
  } finally {
    await service.stop();
    receivers.stop();
  }
});

async function soak(service, receivers) {
  const seen = { looks: [], sessions: 0, failed: 0, callbacks: 0 };
  const send = sender(() => [service.origin]);
  const [url] = receivers.urls;
  const beganAt = performance.now();
  const since = () => performance.now() - beganAt;
  const running = new Set();
  const cpuBefore = cpuMicros(service.pid);
  let lookAt = LOOK_EVERY_MS;
  while (since() < minutes * 60_000) {
    while (seen.sessions < (since() / 1000) * rate) {
      const turn = serve(send, seen.sessions++, url).catch((error) => {
        seen.failed++;
        process.stderr.write(`  ${error.message}\n`);
      });
      running.add(turn);
      void turn.finally(() => running.delete(turn));
    }
    await delay(20);
    if (since() < lookAt) continue;
    lookAt += LOOK_EVERY_MS;
    seen.callbacks += (await receivers.takeJournal()).length;
    const look = { minute: since() / 60_000, residentMb: rssMegabytes(service.pid), ...(await figures(service)) };
    seen.looks.push(look);
    process.stderr.write(`  ${asLine(look)}, ${running.size} being served\n`);
  }
  await Promise.all(running);
  seen.callbacks += (await receivers.takeJournal()).length;
  const cpu = (cpuMicros(service.pid) - cpuBefore) / 1000 / seen.sessions;
  process.stderr.write(`  ${cpu.toFixed(1)} ms of processor time a session\n`);
  table([['minute', ...Object.keys(seen.looks[0]).slice(1)], ...seen.looks.map(values)]);
  return seen;
}

async function serve(send, n, url) {
  const session = await openSession(send, n, url);
  await send(getRequest(session));
  if ((await playCall(send, session)) === null) throw new Error('expected to be connected');
  if (n % LIST_EVERY === 0) await send(listRequest('?limit=20'));
  await send({ ...getRequest(session), method: 'DELETE' });
}

/** What the process says of itself, in MB where it is memory. */
async function figures({ origin }) {
  const { body } = await request(`${origin}/metrics`);
  const text = await body.text();
  const read = Object.entries(METRICS).map(([name, metric]) => {
    const value = Number(new RegExp(`^${metric} (\\S+)`, 'm').exec(text)?.[1]);
    return [name, name.endsWith('Mb') ? value / 1024 / 1024 : value];
  });
  return Object.fromEntries(read);
}

function values(look) {
  return Object.values(look).map((value) => value.toFixed(1));
}

function asLine(look) {
  return Object.entries(look)
    .map(([name, value]) => `${name} ${value.toFixed(1)}`)
    .join(', ');
}

/** MB a minute, by least squares. */
function slope(looks) {
  const mean = (name) => looks.reduce((sum, look) => sum + look[name], 0) / looks.length;
  const [minute, resident] = [mean('minute'), mean('residentMb')];
  const over = looks.reduce((sum, look) => sum + (look.minute - minute) * (look.residentMb - resident), 0);
  return over / looks.reduce((sum, look) => sum + (look.minute - minute) ** 2, 0);
}
