// Whether anybody notices that the service is restarted: two processes on one MariaDB behind nginx, and again behind Caddy, with the files of `deploy/`. Sessions are made and read and signed
// webhooks answered over TLS, without a break and without repeating anything, while both processes are stopped and started again one after the other.
// `npm run build && TEST_DATABASE_URL=... node bench/rolling-restart.mjs [nginx|caddy] [rounds] [first port]`; needs nginx, caddy and openssl. Exit code 1 when a request failed.
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import mysql from 'mysql2/promise';
import { Agent } from 'undici';
import { machine, percentile, promises, say, table } from './callback-report.mjs';
import { dropAll, kinds, newFolder } from './databases.mjs';
import { isInstalled, killProxies, makeCertificate, proxies } from './proxies.mjs';
import { checkRoutes } from './proxy-checks.mjs';
import { answerRequest, createRequest, getRequest, parties } from './requests.mjs';
import { addNumbers, killAll, startService } from './servers.mjs';

const wanted = process.argv[2] && process.argv[2] !== 'both' ? [process.argv[2]] : Object.keys(proxies);
const ROUNDS = Number(process.argv[3] ?? 3);
const FIRST_PORT = Number(process.argv[4] ?? 9210);
const IN_FLIGHT = 16;
const LEAST_REQUESTS = 10_000;
/** What an operator's script waits for after a process is ready: a balancer that asks every second has noticed by then. */
const BETWEEN_MS = 3_000;
/** A balancer has taken note of both, and they are not gone yet. */
const NOTICED_MS = 2_500;
const kept = [];

try {
  say(machine());
  say(await kinds.mysql.describe());
  for (const name of wanted) {
    if (isInstalled(name)) await restartBehind(name, proxies[name]);
    else say(`${name} is not installed: left out`);
  }
} finally {
  killProxies();
  killAll();
  await dropAll();
}
promises(kept);

async function restartBehind(name, proxy) {
  const folder = newFolder();
  const place = {
    folder,
    ...makeCertificate(folder),
    port: FIRST_PORT,
    plainPort: FIRST_PORT + 1,
    upstreams: [2, 3].map((n) => `127.0.0.1:${FIRST_PORT + n}`),
  };
  const publicUrl = `https://127.0.0.1:${place.port}`;
  const databaseUrl = await kinds.mysql.create();
  const dataFolder = join(folder, 'data');
  mkdirSync(dataFolder);
  const settings = {
    NODE_ENV: 'production',
    PUBLIC_URL: publicUrl,
    ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    TRUSTED_PROXIES: '127.0.0.1',
  };
  const start = (n) =>
    startService({ databaseUrl, dataFolder, settings: { ...settings, PORT: String(FIRST_PORT + 2 + n) } });
  // One after the other: the first makes the tables.
  const services = [await start(0), await start(1)];
  await addNumbers(services[0].origin);
  const running = await proxy.start(place);
  const ca = readFileSync(place.certificate);
  say(`${name} at ${publicUrl}, ${services.map(({ origin }) => origin).join(' and ')} behind it`);
  await checkRoutes({ name, publicUrl, plainPort: place.plainPort, ca, services });
  const before = await countSessions(databaseUrl);
  const load = startLoad(publicUrl, ca);
  await delay(1_000);
  for (let round = 0; round < ROUNDS; round++) {
    for (const n of [0, 1]) {
      await services[n].stop();
      services[n] = await start(n);
      await ready(services[n].origin);
      await delay(BETWEEN_MS);
    }
    say(
      `${name}: round ${round + 1} of ${ROUNDS}, ${load.seen.took.length} requests so far, ${load.seen.failed} failed`,
    );
  }
  while (load.seen.took.length < LEAST_REQUESTS) await delay(200);
  const seen = await load.stop();
  const rows = (await countSessions(databaseUrl)) - before;
  const lastStatus = await askWhileAllStop(services, publicUrl, ca);
  const printed = await running.stop();
  for (const [what, n] of [...seen.failures].slice(0, 10)) say(`${n} × ${what}`);
  if (seen.failed > 0) process.stderr.write(printed.slice(-3000));
  report(name, seen, rows, lastStatus);
}

/** No process is ready then, as with a database that is away; each still answers, calls in words. */
async function askWhileAllStop(services, publicUrl, ca) {
  const gone = services.map((service) => service.stop());
  await delay(NOTICED_MS);
  const agent = new Agent({ connect: { ca } });
  const { statusCode, body } = await agent.request({ origin: publicUrl, ...createRequest(9_100_000) });
  await body.dump();
  await agent.close();
  await Promise.all(gone);
  return statusCode;
}

function report(name, seen, rows, lastStatus) {
  const [p50, p99] = [0.5, 0.99].map((share) => percentile(seen.took, share).toFixed(0));
  table([
    [
      'proxy',
      'restarts',
      'requests',
      'creates',
      'reads',
      'webhooks',
      'failed',
      'a second',
      'p50 ms',
      'p99 ms',
      'longest ms',
    ],
    [
      name,
      2 * ROUNDS,
      seen.took.length,
      seen.create,
      seen.get,
      seen.answer,
      seen.failed,
      (seen.took.length / seen.seconds).toFixed(0),
      p50,
      p99,
      Math.max(...seen.took).toFixed(0),
    ],
  ]);
  kept.push(
    { promise: `${name}: no request fails`, seen: `${seen.failed} of ${seen.took.length}`, isKept: seen.failed === 0 },
    {
      promise: `${name}: every create is one session`,
      seen: `${rows} rows for ${seen.create} creates`,
      isKept: rows === seen.create,
    },
    {
      promise: `${name}: who is there is asked when nobody is ready`,
      seen: `${lastStatus}`,
      isKept: lastStatus === 201,
    },
  );
}

/** A customer creates a session and reads it, and its second party calls it. Nothing is tried twice. */
function startLoad(publicUrl, ca) {
  const agent = new Agent({ connections: IN_FLIGHT, pipelining: 1, connect: { ca } });
  const seen = { create: 0, get: 0, answer: 0, failed: 0, failures: new Map(), took: [], seconds: 0 };
  const startedAt = performance.now();
  let next = 0;
  const end = new AbortController();

  const ask = async (kind, request, isRight) => {
    const sentAt = performance.now();
    const answer = await agent
      .request({ origin: publicUrl, ...request })
      .then(async ({ statusCode, body }) => ({ status: statusCode, text: await body.text() }))
      .catch((error) => ({ status: 0, text: error.code ?? error.message }));
    seen.took.push(performance.now() - sentAt);
    if (isRight(answer)) {
      seen[kind]++;
      return answer.text;
    }
    const what = `${kind}: ${answer.status} ${answer.text.slice(0, 80).replaceAll(/\s+/g, ' ')}`;
    seen.failed++;
    seen.failures.set(what, (seen.failures.get(what) ?? 0) + 1);
    return null;
  };
  const customer = async () => {
    while (!end.signal.aborted) {
      const n = next++;
      const made = await ask('create', createRequest(n), ({ status }) => status === 201);
      if (made === null) continue;
      const { session_uuid: id, virtual_number: number } = JSON.parse(made);
      await ask('get', getRequest({ id }), ({ status, text }) => status === 200 && text.includes(id));
      const session = { id, second: parties(n).second, virtualNumber: number.slice(1) };
      await ask(
        'answer',
        answerRequest(session, publicUrl),
        ({ status, text }) => status === 200 && text.includes(`${parties(n).first}</Number>`),
      );
    }
  };
  const customers = Promise.all(Array.from({ length: IN_FLIGHT }, customer));
  return {
    seen,
    async stop() {
      end.abort();
      await customers;
      seen.seconds = (performance.now() - startedAt) / 1000;
      await agent.close();
      return seen;
    },
  };
}

async function ready(origin) {
  while (
    !(await fetch(`${origin}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    ))
  )
    await delay(50);
}

async function countSessions(databaseUrl) {
  const connection = await mysql.createConnection(databaseUrl);
  const [[row]] = await connection.query('SELECT COUNT(*) AS rows_there FROM masking_session');
  await connection.end();
  return Number(row.rows_there);
}
