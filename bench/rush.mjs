// Calls that come at a steady rate, whatever becomes of them: as many as the machine can answer, twice and three times as many, and a flood of one account beside twenty a second of
// another. `npm run build && node bench/rush.mjs [sqlite|mysql] [multiples, such as 1,2,3] [another checkout, built]`. The load generator shares the machine.
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { Agent } from 'undici';
import { machine, percentile, say, table } from './callback-report.mjs';
import { dropAll, kinds, newFolder } from './databases.mjs';
import { ACCOUNT, ADMIN_TOKEN, createRequest, OTHER_ACCOUNT, parties, poolNumber } from './requests.mjs';
import { addNumbers, killAll, startService } from './servers.mjs';
import { callInTurns, callSteadily, send } from './steady-calls.mjs';

const kind = process.argv[2] ?? 'sqlite';
const MULTIPLES = (process.argv[3] ?? '1,2,3').split(',').map(Number);
const OTHER_CHECKOUT = process.argv[4];
const SECONDS = 5;
const IN_FLIGHT = 64;
const FLOOD = 10;
const OTHERS_A_SECOND = 20;
/** Fewer than may wait to be accepted: what finds no place there tries again after one second, three and seven, which is not the service's time. */
const CONNECTIONS = 500;
const BREAK_MS = 1500;
/** More than are connected in all; who was refused calls again. */
const SESSIONS = Number(process.env.SESSIONS ?? (kind === 'sqlite' ? 40_000 : 20_000));
const OTHER_SESSIONS = OTHERS_A_SECOND * SECONDS + 50;
const OTHER_NUMBERS = Array.from({ length: 20 }, (_, index) => poolNumber(200 + index));

const agent = new Agent({ connections: CONNECTIONS, pipelining: 1 });
try {
  say(machine());
  say(await kinds[kind].describe());
  const service = await startService({
    databaseUrl: await kinds[kind].create(),
    dataFolder: newFolder(),
    ...(OTHER_CHECKOUT && { main: resolve(OTHER_CHECKOUT, 'dist/bin/main.js') }),
  });
  await addNumbers(service.origin);
  await addOtherAccount(service.origin);
  say(`making ${SESSIONS} sessions`);
  const sessions = await openSessions(service, SESSIONS, ACCOUNT);
  const others = await openSessions(service, OTHER_SESSIONS, OTHER_ACCOUNT);

  await callInTurns(agent, service, sessions, IN_FLIGHT, 1);
  const capacity = await callInTurns(agent, service, sessions, IN_FLIGHT, SECONDS - 1);
  say(`answers ${capacity.toFixed(0)} calls a second, ${IN_FLIGHT} at a time`);

  const rows = [
    [
      'offered a second',
      'of capacity',
      'connected a second',
      'of capacity',
      'refused',
      'failed',
      'p50 ms',
      'p99 ms',
      'refused p99 ms',
    ],
  ];
  for (const multiple of MULTIPLES) {
    await delay(BREAK_MS);
    const seen = await callSteadily(agent, service, multiple * capacity, sessions, { seconds: SECONDS });
    rows.push(rowOf(seen, capacity));
  }
  table(rows);
  await delay(BREAK_MS);
  await flood(service, capacity, sessions, others);
  await service.stop();
} finally {
  await agent.close();
  killAll();
  await dropAll();
}

function rowOf({ offered, connected, refused, failed, connectedMs, refusedMs }, capacity) {
  return [
    offered.toFixed(0),
    (offered / capacity).toFixed(2),
    connected.toFixed(0),
    (connected / capacity).toFixed(2),
    refused,
    failed,
    percentile(connectedMs, 0.5).toFixed(0),
    percentile(connectedMs, 0.99).toFixed(0),
    percentile(refusedMs, 0.99).toFixed(0),
  ];
}

/** One account offers ten times what can be answered, from a thread of its own; another one has twenty calls a second. */
async function flood(service, capacity, sessions, others) {
  const { origin, pid } = service;
  const rate = FLOOD * capacity;
  const thread = new Worker(new URL('./rush-flood.mjs', import.meta.url), {
    workerData: { origin, pid, rate, sessions, seconds: SECONDS + 1, connections: CONNECTIONS },
  });
  const flooded = new Promise((done, fail) => thread.once('message', done).once('error', fail));
  await delay(500);
  const seen = await callSteadily(agent, service, OTHERS_A_SECOND, others, {
    seconds: SECONDS,
    account: OTHER_ACCOUNT,
  });
  const own = await flooded;
  const rows = [['account', 'offered a second', 'connected', 'of those', 'refused', 'failed', 'p50 ms', 'p99 ms']];
  for (const [name, { offered, connectedMs, tookMs, refused, failed }] of Object.entries({
    flooding: own,
    other: seen,
  })) {
    const share = (connectedMs.length / tookMs.length) * 100;
    const times = [0.5, 0.99].map((part) => percentile(connectedMs, part).toFixed(0));
    rows.push([name, offered.toFixed(0), connectedMs.length, `${share.toFixed(1)} %`, refused, failed, ...times]);
  }
  table(rows);
}

async function addOtherAccount(origin) {
  const { authId, authToken } = OTHER_ACCOUNT;
  const answer = await fetch(`${origin}/admin/accounts`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ auth_id: authId, name: 'Other', plivo_auth_id: authId, plivo_auth_token: authToken }),
  });
  if (answer.status !== 201) throw new Error(`adding an account: ${answer.status} ${await answer.text()}`);
  OTHER_ACCOUNT.apiToken = (await answer.json()).auth_token;
  await addNumbers(origin, OTHER_ACCOUNT, OTHER_NUMBERS);
}

async function openSessions({ origin }, count, account) {
  const sessions = [];
  let next = 0;
  const worker = async () => {
    for (let n = next++; n < count; n = next++) {
      const as = { ...account, authToken: account.apiToken ?? account.authToken };
      const { text } = await send(agent, origin, createRequest(n, account === ACCOUNT ? ACCOUNT : as));
      const { session_uuid: id, virtual_number: number } = JSON.parse(text);
      if (!id) throw new Error(`making a session: ${text}`);
      sessions.push({ id, second: parties(n).second, virtualNumber: number.slice(1) });
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  return sessions;
}
