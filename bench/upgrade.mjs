// Whether an earlier version and this one may serve one MariaDB side by side: sessions and calls on the old one, the new one started beside it (its migrations run meanwhile), both asked
// about each other's sessions, the old one stopped. `npm run build && TEST_DATABASE_URL=... node bench/upgrade.mjs OTHER_CHECKOUT [seconds side by side] [sessions before]`; the other checkout is built.
// Exit code 1 when a session is lost or an answer is wrong.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { randomBytes } from 'node:crypto';
import mysql from 'mysql2/promise';
import { Agent } from 'undici';
import { machine, percentile, promises, say, table } from './callback-report.mjs';
import { dropAll, kinds, newFolder } from './databases.mjs';
import { answerRequest, createRequest, getRequest, listRequest, parties } from './requests.mjs';
import { addNumbers, killAll, startService } from './servers.mjs';

const other = resolve(process.argv[2] ?? '');
const SECONDS = Number(process.argv[3] ?? 20);
const oldMain = ['dist/bin/main.js', 'dist/src/main.js'].map((path) => join(other, path)).find(existsSync);
if (oldMain === undefined || process.argv[2] === undefined) {
  process.stderr.write('expected the folder of another checkout that is built\n');
  process.exit(2);
}
const FIRST_SESSIONS = Number(process.argv[4] ?? 500);
const IN_FLIGHT = 8;
const agent = new Agent({ connections: IN_FLIGHT, pipelining: 1 });
const sessions = [];
const failures = new Map();
const tooks = { alone: [], migrating: [], beside: [], after: [] };
let phase = 'alone';
let next = 0;
let load = null;

try {
  say(machine());
  say(await kinds.mysql.describe());
  const databaseUrl = await kinds.mysql.create();
  const settings = { ENCRYPTION_KEY: randomBytes(32).toString('base64') };
  const start = (main) =>
    startService({ databaseUrl, dataFolder: newFolder(), settings, ...(main === undefined ? {} : { main }) });
  const old = await start(oldMain);
  await addNumbers(old.origin);
  await many(FIRST_SESSIONS, () => customer(old, old));
  say(`${sessions.length} sessions by the old version`);

  let servers = [old];
  load = keepAsking(() => servers);
  const before = await migrations(databaseUrl);
  phase = 'migrating';
  const startedAt = performance.now();
  const recent = await start();
  const migratedMs = performance.now() - startedAt;
  const ran = (await migrations(databaseUrl)) - before;
  phase = 'beside';
  servers = [old, recent];
  await delay(SECONDS * 1000);
  servers = [recent];
  await delay(1_000);
  await old.stop();
  phase = 'after';
  await load.stop();
  say(`${sessions.length} sessions in all; each is read and called once more`);
  const all = [...sessions];
  await many(all.length, (n) => seeAgain(recent, all[n]));
  const doubles = await doubleAssignments(databaseUrl);
  const counted = JSON.parse(await ask(recent, 'list', listRequest('?limit=1'), ({ status }) => status === 200));
  await recent.stop();
  report({ ran, migratedMs, count: all.length, doubles, listed: counted.response.meta.total_count });
} finally {
  await load?.stop();
  await agent.close();
  killAll();
  await dropAll();
}

/** Made by one version, read and called through the other. */
async function customer(maker, reader) {
  const n = next++;
  const made = await ask(maker, 'create', createRequest(n), ({ status }) => status === 201);
  if (made === null) return;
  const { session_uuid: id, virtual_number: number } = JSON.parse(made);
  const session = { id, ...parties(n), virtualNumber: number.slice(1) };
  sessions.push(session);
  await seeAgain(reader, session);
}

async function seeAgain(server, session) {
  const { first, second, id, virtualNumber } = session;
  const isWhole = ({ status, text }) =>
    status === 200 && [`+${first}`, `+${second}`, `+${virtualNumber}`, id].every((one) => text.includes(one));
  await ask(server, 'get', getRequest(session), isWhole);
  // Nobody hangs up here, so the first call is still on at the second, which the other party makes: it may be refused in words, and reaches nobody else.
  const caller = session.isCalled ? first : second;
  const callee = session.isCalled ? second : first;
  const isRight = ({ status, text }) =>
    status === 200 && (text.includes(`${callee}</Number>`) || (session.isCalled && !text.includes('<Number')));
  await ask(server, 'answer', answerRequest({ ...session, second: caller }, server.origin), isRight);
  session.isCalled = true;
}

async function ask({ origin }, kind, request, isRight) {
  const sentAt = performance.now();
  const answer = await agent
    .request({ origin, ...request })
    .then(async ({ statusCode, body }) => ({ status: statusCode, text: await body.text() }))
    .catch((error) => ({ status: 0, text: error.code ?? error.message }));
  tooks[phase].push(performance.now() - sentAt);
  if (isRight(answer)) return answer.text;
  const what = `${phase}, ${kind}: ${answer.status} ${answer.text.slice(0, 160).replaceAll(/\s+/g, ' ')}`;
  failures.set(what, (failures.get(what) ?? 0) + 1);
  return null;
}

/** Each customer goes to one version and is seen through another, in turns. */
function keepAsking(servers) {
  const end = new AbortController();
  const worker = async (_, n) => {
    for (let turn = n; !end.signal.aborted; turn++) {
      const there = servers();
      await customer(there[turn % there.length], there[(turn + 1) % there.length]);
    }
  };
  const workers = Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  return {
    async stop() {
      end.abort();
      await workers;
    },
  };
}

async function many(count, work) {
  let index = 0;
  const worker = async () => {
    for (let n = index++; n < count; n = index++) await work(n);
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
}

async function query(databaseUrl, sql) {
  const connection = await mysql.createConnection(databaseUrl);
  const [rows] = await connection.query(sql);
  await connection.end();
  return rows;
}

async function migrations(databaseUrl) {
  const [row] = await query(databaseUrl, 'SELECT COUNT(*) AS ran FROM migration');
  return Number(row.ran);
}

async function doubleAssignments(databaseUrl) {
  const sql =
    'SELECT virtual_number_id, party_index FROM number_assignment GROUP BY virtual_number_id, party_index HAVING COUNT(*) > 1';
  return (await query(databaseUrl, sql)).length;
}

function report({ ran, migratedMs, count, doubles, listed }) {
  table([
    ['while', 'requests', 'p50 ms', 'p99 ms', 'longest ms'],
    ...Object.entries(tooks).map(([name, took]) => [
      name,
      took.length,
      percentile(took, 0.5).toFixed(0),
      percentile(took, 0.99).toFixed(0),
      Math.max(...took).toFixed(0),
    ]),
  ]);
  say(`${ran} migrations; the new version listened after ${(migratedMs / 1000).toFixed(1)} s`);
  for (const [what, n] of [...failures].slice(0, 12)) say(`${n} × ${what}`);
  const wrong = [...failures.values()].reduce((sum, n) => sum + n, 0);
  promises([
    {
      promise: 'no request fails, no answer is wrong, no session is lost',
      seen: `${wrong} of ${count} sessions`,
      isKept: wrong === 0,
    },
    { promise: 'every session is listed', seen: `${listed} of ${count}`, isKept: listed === count },
    { promise: 'no phone is twice on a number', seen: `${doubles}`, isKept: doubles === 0 },
  ]);
}
