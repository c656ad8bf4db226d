// Ten thousand calls with random outcomes through the built service, whose process is killed (-9) every few seconds, while its Plivo, a simulator in
// a process of its own, loses, repeats and reorders webhooks. Then everything lost must be found again: the statistics, their recount and the
// simulator's own bill have to agree to the micro-unit. `npm run build && node bench/bill.mjs [sqlite|mysql]`; CALLS=1000 for a shorter run.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { cpus } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Agent, request } from 'undici';
import { dropAll, kinds, newFolder } from './databases.mjs';
import { ACCOUNT, ADMIN_TOKEN } from './requests.mjs';

const MAIN = fileURLToPath(new URL('../dist/bin/main.js', import.meta.url));
const kind = process.argv[2] ?? 'sqlite';
const CALLS = Number(process.env.CALLS ?? 10_000);
const AT_ONCE = Number(process.env.AT_ONCE ?? 120);
const KILL_EVERY_MS = 20_000;
const RING_SECONDS = 5;
/** What was lost is found within this. */
const REPAIR_MS = 15 * 60_000;
const SEED = Number(process.env.SEED ?? 1);

const agent = new Agent({ connections: 64, pipelining: 1 });
const children = new Set();
let state = SEED;

try {
  process.exitCode = (await main()) ? 0 : 1;
} finally {
  for (const child of children) child.kill('SIGKILL');
  await agent.close();
  await dropAll();
}

async function main() {
  const [servicePort, plivoPort] = [await freePort(), await freePort()];
  const service = `http://127.0.0.1:${servicePort}`;
  const plivo = `http://127.0.0.1:${plivoPort}`;
  const secrets = {
    PLIVO_AUTH_ID: ACCOUNT.authId,
    PLIVO_AUTH_TOKEN: ACCOUNT.authToken,
    ADMIN_TOKEN,
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'fatal',
  };
  await launch(plivoPort, {
    ...secrets,
    PROVIDER: 'simulator',
    PUBLIC_URL: service,
    DATA_DIR: newFolder(),
    DATABASE_URL: 'sqlite::memory:',
    SYNC_NUMBERS: 'false',
  });
  const settings = {
    ...secrets,
    PROVIDER: 'plivo',
    PLIVO_API_URL: `${plivo}/simulator`,
    DATABASE_URL: await kinds[kind].create(),
    DATA_DIR: newFolder(),
    SYNC_NUMBERS: 'false',
  };
  const begun = { child: await launch(servicePort, settings), kills: 0, isOver: false };
  console.log(`${await kinds[kind].describe()}; Node ${process.version}; ${cpus().length} × ${cpus()[0]?.model}`);

  const admin = (method, path, body) =>
    ask(method, `${service}/admin${path}`, body, { authorization: `Bearer ${ADMIN_TOKEN}` });
  const control = (method, path, body) => ask(method, `${plivo}/simulator/control${path}`, body);
  const numbers = (await control('GET', '/numbers')).items.map(({ number }) => number);
  for (const number of numbers) await admin('POST', '/numbers', { account: ACCOUNT.authId, number: `+${number}` });
  const sessions = [];
  for (let index = 0; index < AT_ONCE; index += 1) sessions.push(await open(service, index));
  await control('POST', '/faults', { lose: 0.05, duplicate: 0.1, reorder: 0.2, seed: SEED });

  const startedAt = performance.now();
  const killing = killNowAndThen(begun, servicePort, settings);
  let placed = 0;
  await Promise.all(
    sessions.map(async (session) => {
      while (placed < CALLS) {
        placed += 1;
        await call(control, session);
      }
    }),
  );
  begun.isOver = true;
  await killing;
  await control('DELETE', '/faults');
  const trafficMs = performance.now() - startedAt;
  console.log(`${placed} calls in ${(trafficMs / 1000).toFixed(0)} s, the service killed ${begun.kills} times`);
  return agreement(admin, control, placed);
}

async function agreement(admin, control, placed) {
  const since = performance.now();
  for (;;) {
    await delay(10_000);
    const { items } = await admin('GET', '/stats?group_by=day');
    const stats = {
      calls: items.reduce((sum, item) => sum + item.calls, 0),
      billed: items.reduce((sum, item) => sum + item.billed_seconds, 0),
      micros: items.reduce((sum, item) => sum + micros(item.amount), 0),
      connected: items.reduce((sum, item) => sum + item.connected, 0),
    };
    const bill = await control('GET', '/bill');
    const isEqual =
      stats.calls === placed && stats.billed === bill.billed_seconds && stats.micros === bill.amount_micros;
    if (!isEqual && performance.now() - since < REPAIR_MS) continue;

    const before = (await admin('GET', '/stats/recount')).last?.started_at;
    await admin('POST', '/stats/recount');
    let report = null;
    while (report === null || report.started_at === before) {
      await delay(500);
      report = (await admin('GET', '/stats/recount')).last;
    }
    console.log(`${((performance.now() - since) / 1000).toFixed(0)} s after the last call:`);
    console.log(`  simulator  ${bill.legs} legs, ${bill.billed_seconds} s billed, ${bill.amount_micros} micro-units`);
    console.log(
      `  statistics ${stats.calls} calls (${stats.connected} connected), ${stats.billed} s billed, ${stats.micros} micro-units`,
    );
    console.log(
      `  recount    ${report.calls} calls, ${micros(report.amount)} micro-units, ${report.differences} differences`,
    );
    return isEqual && report.differences === 0 && micros(report.amount) === bill.amount_micros;
  }
}

async function open(service, index) {
  const parties = { first: `1415556${String(1000 + index)}`, second: `1415557${String(1000 + index)}` };
  const basic = Buffer.from(`${ACCOUNT.authId}:${ACCOUNT.authToken}`).toString('base64');
  const made = await ask(
    'POST',
    `${service}/v1/Account/${ACCOUNT.authId}/Masking/Session/`,
    {
      first_party: `+${parties.first}`,
      second_party: `+${parties.second}`,
      session_expiry: 86_400,
      ring_timeout: RING_SECONDS,
      call_time_limit: 60,
    },
    { authorization: `Basic ${basic}` },
  );
  return { ...parties, virtual: made.virtual_number };
}

/** One call, from dialling until Plivo has told all about it. */
async function call(control, { first, second, virtual }) {
  const [from, to] = random() < 0.5 ? [first, second] : [second, first];
  const caller = random() < 0.1 ? `1415558${String(1000 + Math.floor(random() * 9000))}` : from;
  const behaviour = ['answer', 'answer', 'answer', 'answer', 'busy', 'decline', 'no-answer'][Math.floor(random() * 7)];
  await control('PUT', `/phones/${to}`, { behaviour, after_seconds: Math.floor(random() * 2) });
  const { call_uuid: uuid } = await control('POST', '/calls', { from: `+${caller}`, to: virtual });
  await delay(500 + random() * 2500);
  const giver = random() < 0.5 ? caller : to;
  await control('POST', `/phones/${giver}/hangup`).catch(() => undefined);
  for (;;) {
    const view = await control('GET', `/calls/${uuid}`).catch(() => null);
    if (view === null || view.status === 'ended') return;
    await delay(300);
    await control('POST', `/phones/${caller}/hangup`, { call_uuid: uuid }).catch(() => undefined);
  }
}

async function killNowAndThen(begun, port, settings) {
  for (let next = performance.now() + KILL_EVERY_MS * 0.5; !begun.isOver;) {
    await delay(200);
    if (performance.now() < next) continue;
    begun.child.kill('SIGKILL');
    await once(begun.child, 'exit');
    begun.kills += 1;
    begun.child = await launch(port, settings);
    next = performance.now() + KILL_EVERY_MS * (0.5 + random());
  }
}

async function launch(port, settings) {
  const child = spawn(process.execPath, [MAIN], {
    env: {
      PATH: process.env.PATH,
      PORT: String(port),
      ...settings,
      ...(settings.PUBLIC_URL ? {} : { PUBLIC_URL: `http://127.0.0.1:${port}` }),
    },
    stdio: ['ignore', process.env.LOG_LEVEL ? 'inherit' : 'ignore', 'pipe'],
  });
  children.add(child);
  child.once('exit', () => children.delete(child));
  let errors = '';
  child.stderr.on('data', (chunk) => (errors = (errors + String(chunk)).slice(-2000)));
  for (;;) {
    if (child.exitCode !== null) throw new Error(`expected the service to start, it ended: ${errors}`);
    const isReady = await fetch(`http://127.0.0.1:${port}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (isReady) return child;
    await delay(50);
  }
}

async function ask(method, url, body, headers = {}) {
  const answer = await request(url, {
    method,
    dispatcher: agent,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.body.text();
  if (answer.statusCode >= 400) throw new Error(`${method} ${new URL(url).pathname}: ${answer.statusCode} ${text}`);
  return text === '' ? {} : JSON.parse(text);
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** The same choices for the same seed, as far as calls come in the same order. */
function random() {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
}

function micros(text) {
  const [whole, fraction = ''] = text.split('.');
  return Number(whole) * 1_000_000 + Number(fraction.padEnd(6, '0'));
}
