// Answers and creates with the database some milliseconds away, all on one virtual number: what a lock on something shared costs shows here and not
// on a local socket. `npm run build && node bench/far-database.mjs [OTHER_CHECKOUT]`; MariaDB or MySQL at TEST_DATABASE_URL. With another
// checkout, built, it runs first.
import { join, resolve } from 'node:path';
import { connect, createServer } from 'node:net';
import { once } from 'node:events';
import { Agent, request } from 'undici';
import { machine, percentile, say, table } from './callback-report.mjs';
import { dropAll, kinds, newFolder } from './databases.mjs';
import { ACCOUNT, ADMIN_TOKEN, answerRequest, createRequest, VIRTUAL_NUMBERS } from './requests.mjs';
import { cpuMicros, killAll, startService } from './servers.mjs';

const CALLERS = 32;
const SESSIONS = 3_200;
/** Each way, drawn anew for each packet. */
const AWAY_MS = [1, 2];
const ANSWERS_AIM = 440;

const agent = new Agent({ connections: CALLERS, pipelining: 1 });
try {
  say(machine());
  say(`${await kinds.mysql.describe()}, ${AWAY_MS.join(' to ')} ms away each way`);
  const rows = [
    ['build', 'route', 'a second', 'refused', 'failed', 'p50 ms', 'p99 ms', 'trips each', 'service µs each'],
  ];
  const [, , other] = process.argv;
  if (other !== undefined) rows.push(...(await measure('other', join(resolve(other), 'dist/src/main.js'))));
  const own = await measure('this');
  table([...rows, ...own]);
  const answers = own.find(([, route]) => route === 'answer');
  process.exitCode = Number(answers[2]) >= ANSWERS_AIM && answers[3] === '0' ? 0 : 1;
} finally {
  killAll();
  await agent.close();
  await dropAll();
}

async function measure(build, main) {
  const far = await awayFrom(new URL(await kinds.mysql.create()));
  const service = await startService({
    databaseUrl: far.url,
    dataFolder: newFolder(),
    settings: { ROLE: 'api' },
    main,
  });
  await addNumber(service.origin);
  // The first sessions warm up: connections are opened, statements prepared and code compiled by them.
  const before = sessionsOf(await open(service, far, 0), 0);
  await call(service, far, before);
  const creates = await open(service, far, SESSIONS);
  const answers = await call(service, far, sessionsOf(creates, SESSIONS));
  await service.stop();
  far.close();
  return [
    [build, 'create', ...shown(creates, (text) => text.includes('"session_uuid"'))],
    [build, 'answer', ...shown(answers, (text) => text.includes('<Number>'))],
  ];
}

function second(n) {
  return `1646${String(n).padStart(7, '0')}`;
}

function sessionsOf({ texts }, from) {
  return texts.map((text, index) => {
    const { session_uuid: id } = JSON.parse(text);
    return { id, second: second(from + index), virtualNumber: VIRTUAL_NUMBERS[0] };
  });
}

function open(service, far, from) {
  return inFlight(SESSIONS, service, far, (index) => {
    const parties = {
      first_party: `+1212${String(from + index).padStart(7, '0')}`,
      second_party: `+${second(from + index)}`,
    };
    return send(service.origin, { ...createRequest(0), body: JSON.stringify(parties) });
  });
}

function call(service, far, sessions) {
  const requests = sessions.map((session) => answerRequest(session, service.origin));
  return inFlight(requests.length, service, far, (index) => send(service.origin, requests[index]));
}

async function send(origin, { path, ...options }) {
  const { statusCode, body } = await request(origin + path, { ...options, dispatcher: agent });
  return { statusCode, text: await body.text() };
}

async function inFlight(count, { pid }, far, one) {
  const [statuses, texts, took] = [[], [], []];
  const tripsBefore = far.trips();
  const cpuBefore = cpuMicros(pid);
  const beganAt = performance.now();
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < count; index = next++) {
      const sentAt = performance.now();
      const { statusCode, text } = await one(index);
      [statuses[index], texts[index], took[index]] = [statusCode, text, performance.now() - sentAt];
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, worker));
  const seconds = (performance.now() - beganAt) / 1000;
  return {
    statuses,
    texts,
    took,
    seconds,
    trips: (far.trips() - tripsBefore) / count,
    cpu: (cpuMicros(pid) - cpuBefore) / count,
  };
}

function shown({ statuses, texts, took, seconds, trips, cpu }, isRight) {
  const right = texts.filter(isRight).length;
  const failed = statuses.filter((status) => status >= 300).length;
  return [
    (right / seconds).toFixed(0),
    texts.length - right - failed,
    failed,
    percentile(took, 0.5).toFixed(0),
    percentile(took, 0.99).toFixed(0),
    trips.toFixed(1),
    cpu.toFixed(0),
  ].map(String);
}

async function addNumber(origin) {
  const answer = await fetch(`${origin}/admin/numbers`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ account: ACCOUNT.authId, number: `+${VIRTUAL_NUMBERS[0]}` }),
  });
  if (answer.status !== 201) throw new Error(`adding a number: ${answer.status} ${await answer.text()}`);
}

/** A way to the database that keeps every packet, in its order, for a while. `trips`: packets towards the database so far. */
async function awayFrom(near) {
  let trips = 0;
  const server = createServer((client) => {
    const database = connect(Number(near.port || 3306), near.hostname);
    carry(client, database, () => trips++);
    carry(database, client, () => undefined);
    for (const socket of [client, database]) socket.setNoDelay(true).on('error', () => undefined);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(near);
  url.hostname = '127.0.0.1';
  url.port = String(server.address().port);
  return { url: url.href, trips: () => trips, close: () => server.close() };
}

function carry(from, to, note) {
  let lastAt = 0;
  from.on('data', (chunk) => {
    note();
    const [least, most] = AWAY_MS;
    lastAt = Math.max(lastAt, performance.now() + least + Math.random() * (most - least));
    setTimeout(() => to.write(chunk), lastAt - performance.now());
  });
  from.on('end', () => setTimeout(() => to.end(), AWAY_MS[1]));
}
