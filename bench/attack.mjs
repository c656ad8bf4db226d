// A thousand connections that show no credentials and each hold a body of 2 MB, spread over every route. Meanwhile calls come at a steady rate.
// `npm run build && node bench/attack.mjs [sqlite|mysql] [return]`; exit code 1 when memory grows by 64 MB or the calls' p99 exceeds 50 ms. With `return`
// who is closed comes back, which without it nobody heeds.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Agent, request } from 'undici';
import { machine, percentile, say, table } from './callback-report.mjs';
import { dropAll, kinds, newFolder } from './databases.mjs';
import { ACCOUNT, answerRequest, createRequest, parties } from './requests.mjs';
import { addNumbers, killAll, startService } from './servers.mjs';

const CONNECTIONS = 1000;
const BODY_BYTES = 2 * 1024 * 1024;
const CALLS_A_SECOND = 50;
const SECONDS = 20;
const SETTLE_SECONDS = 10;
/** Of an attacker between two connections, at most: without a pause, what is measured is how fast a kernel opens connections. */
const BACK_AFTER_MS = 5000;
const MOST_GROWTH_MB = 64;
const MOST_P99_MS = 50;
const NOBODY = '019c0000-0000-7000-8000-000000000000';
const OF_CALL = `sessions/${NOBODY}/calls/${NOBODY}`;
/** Webhooks are no part of the API's description. */
const WEBHOOKS = [
  'answer',
  'hangup',
  `calls/${NOBODY}/pin/1`,
  ...['callee-sound', 'dial-event', 'dial-action', 'recording'].map((name) => `${OF_CALL}/${name}`),
  'ring-tone/us',
  ...['answer', 'ring', 'hangup'].map((name) => `requests/${NOBODY}/${name}`),
].map((path) => ['POST', `/plivo/${ACCOUNT.authId}/${path}`]);

const ATTACKER = 'attacker';
const isReturning = process.argv[3] === 'return';

if (process.argv[2] === ATTACKER) process.once('message', (target) => void attack(target));
else process.exitCode = await measure(process.argv[2] ?? 'sqlite');

async function measure(kind) {
  const agent = new Agent({ connections: 200, pipelining: 1 });
  try {
    say(machine());
    say(await kinds[kind].describe());
    const service = await startService({
      databaseUrl: await kinds[kind].create(),
      dataFolder: newFolder(),
      settings: { RATE_LIMIT: 'off' },
    });
    await addNumbers(service.origin);
    const sessions = await openSessions(agent, service, 2 * SECONDS * CALLS_A_SECOND + SETTLE_SECONDS * CALLS_A_SECOND);
    await callAll(agent, service, sessions.splice(0, SETTLE_SECONDS * CALLS_A_SECOND));

    const rows = [['', 'calls', 'not connected', 'p50 ms', 'p99 ms', 'most resident MB', 'attackers closed']];
    const calm = await watched(service, () => callAll(agent, service, sessions.splice(0, SECONDS * CALLS_A_SECOND)));
    rows.push(row('calm', calm));

    const routes = await routesOf(service);
    const attackers = fork(fileURLToPath(import.meta.url), [ATTACKER]);
    attackers.send({ origin: service.origin, routes, isReturning });
    await once(attackers, 'message');
    const attacked = await watched(service, () =>
      callAll(agent, service, sessions.splice(0, SECONDS * CALLS_A_SECOND)),
    );
    attackers.send('report');
    const [{ closed }] = await once(attackers, 'message');
    rows.push(row('attacked', attacked, closed));
    table(rows);
    attackers.kill();
    await service.stop();

    const growth = attacked.mostMb - calm.mostMb;
    const p99 = percentile(attacked.ms, 0.99);
    say(
      `${CONNECTIONS} connections over ${routes.length} routes; ${growth.toFixed(0)} MB more, p99 ${p99.toFixed(1)} ms`,
    );
    return growth < MOST_GROWTH_MB && p99 < MOST_P99_MS && attacked.failed === 0 ? 0 : 1;
  } finally {
    killAll();
    await agent.close();
    await dropAll();
  }
}

function row(name, { ms, failed, mostMb }, closed = 0) {
  const figures = [ms.length, failed, percentile(ms, 0.5), percentile(ms, 0.99), mostMb, closed];
  return [name, ...figures.map((figure) => figure.toFixed(0))];
}

async function watched({ pid }, work) {
  let most = 0;
  const look = setInterval(() => (most = Math.max(most, residentMb(pid))), 50);
  const done = await work();
  clearInterval(look);
  return { ...done, mostMb: Math.max(most, residentMb(pid)) };
}

function residentMb(pid) {
  const [, kilobytes] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(kilobytes) / 1024;
}

async function openSessions(agent, { origin }, count) {
  const sessions = [];
  for (let n = 0; n < count; n++) {
    const { path, ...options } = createRequest(n);
    const { body } = await request(origin + path, { ...options, dispatcher: agent });
    const { session_uuid: id, virtual_number: number } = await body.json();
    sessions.push({ id, second: parties(n).second, virtualNumber: number.slice(1) });
  }
  return sessions;
}

async function callAll(agent, { origin }, sessions) {
  const ms = [];
  let failed = 0;
  const call = async (session) => {
    const { path, ...options } = answerRequest(session, origin);
    const calledAt = performance.now();
    const { body } = await request(origin + path, { ...options, dispatcher: agent });
    const text = await body.text();
    ms.push(performance.now() - calledAt);
    if (!text.includes('<Number>')) failed++;
  };
  const beganAt = performance.now();
  const calls = [];
  for (const session of sessions) {
    await delay(Math.max(0, beganAt + (calls.length * 1000) / CALLS_A_SECOND - performance.now()));
    calls.push(call(session));
  }
  await Promise.all(calls);
  return { ms, failed };
}

async function routesOf({ origin }) {
  const { paths } = await (await fetch(`${origin}/openapi.json`)).json();
  const described = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => [
      method.toUpperCase(),
      path.replace('{authId}', ACCOUNT.authId).replaceAll(/\{\w+\}/g, NOBODY),
    ]),
  );
  return [...described, ...WEBHOOKS];
}

async function attack({ origin, routes, isReturning: comesBack }) {
  const { hostname, port } = new URL(origin);
  const body = Buffer.alloc(BODY_BYTES - 1, 'x');
  let closed = 0;
  const hold = (index) => {
    const [method, path] = routes[index % routes.length];
    const type = path.startsWith('/plivo/') ? 'application/x-www-form-urlencoded' : 'application/json';
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: !comesBack });
    socket.on('error', () => undefined);
    socket.once('connect', () => {
      socket.write(
        `${method} ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Type: ${type}\r\nContent-Length: ${BODY_BYTES}\r\n\r\n`,
      );
      socket.write(body);
    });
    socket.resume();
    socket.once('close', () => {
      closed++;
      setTimeout(() => hold(index), Math.random() * BACK_AFTER_MS);
    });
  };
  for (let index = 0; index < CONNECTIONS; index++) setTimeout(() => hold(index), Math.random() * BACK_AFTER_MS);
  await delay(BACK_AFTER_MS);
  process.on('message', () => process.send({ closed }));
  process.send('attacking');
}
