// What callers feel while somebody with very many sessions is erased, how long that takes, and whether anything is left. `npm run build && node bench/erase.mjs
// [sqlite|mysql]`; mysql uses TEST_DATABASE_URL or mysql://root@127.0.0.1:3306. SESSIONS=1000000 live ones, OWN=10000 of them the driver's, each with a call of its
// own; RATE=100 calls a second beside, for SECONDS=30 undisturbed and for as long as the erasure takes (MOST_SECONDS=300). KILL=1: kill -9 in the middle, and on with the next start.
import { spawnSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { Crypto } from '../dist/src/platform/crypto/crypto.js';
import { SessionRecords } from '../dist/src/sessions/session-record.js';
import { openBulk } from './bulk-rows.mjs';
import { dropAll, kinds } from './databases.mjs';
import { ACCOUNT, ADMIN_TOKEN } from './requests.mjs';
import { filledDatabase } from './scale-fill.mjs';
import { ENCRYPTION_KEY } from './scale-rows.mjs';
import { killAll, startService } from './servers.mjs';
import { callSteadily } from './steady-calls.mjs';

const kind = process.argv[2] ?? 'sqlite';
const SESSIONS = Number(process.env.SESSIONS ?? 1_000_000);
const OWN = Math.min(Number(process.env.OWN ?? 10_000), SESSIONS);
const RATE = Number(process.env.RATE ?? 100);
const SECONDS = Number(process.env.SECONDS ?? 30);
const MOST_SECONDS = Number(process.env.MOST_SECONDS ?? 300);
const IS_KILLED = process.env.KILL === '1';
/** Its digits are in no other number that is filled in. */
const DRIVER = '13125550199';
const HOUR_MS = 3_600_000;

const root = new URL('..', import.meta.url).pathname;
const agent = new Agent({ connections: 64, pipelining: 1 });
const crypto = new Crypto(Buffer.from(ENCRYPTION_KEY, 'base64'));
const records = new SessionRecords(crypto);
const INDEX = records.partyIndex(ACCOUNT.authId, DRIVER);

try {
  await main();
} finally {
  await agent.close();
  killAll();
  await dropAll();
}

async function main() {
  console.log(`${await kinds[kind].describe()}; Node ${process.version}; ${SESSIONS} sessions, ${OWN} of the driver`);
  const filled = await filledDatabase({ kind, root, sessions: SESSIONS, say: (text) => console.log(`  ${text}`) });
  const bulk = await openBulk(filled.databaseUrl);
  await giveToDriver(bulk, filled);
  const before = await sums(bulk);
  await bulk.close();

  const start = () =>
    startService({ ...filled, settings: { ENCRYPTION_KEY, RATE_LIMIT: 'off', MAX_CONNECTIONS: '5000' } });
  let server = await start();
  // The driver's sessions are the first; the callers are of others.
  const enough = Math.min(SESSIONS - OWN, RATE * (5 + SECONDS + MOST_SECONDS));
  const callees = Array.from({ length: enough }, (_, i) => filled.rows.sessionOf(OWN + i));
  await callSteadily(agent, server, RATE, callees, { seconds: Math.min(5, SECONDS) });
  const calm = await callSteadily(agent, server, RATE, callees, { seconds: SECONDS });
  say('undisturbed', calm.tookMs);

  const beganAt = performance.now();
  const id = (await admin(server, 'POST', '/people/erase', { number: `+${DRIVER}` })).erasure_id;
  if (IS_KILLED) server = await killedInTheMiddle(server, id, start);
  const ended = { at: null };
  const waiting = done(server, id).then(() => (ended.at = performance.now()));
  const felt = [];
  while (ended.at === null && performance.now() - beganAt < MOST_SECONDS * 1000 && callees.length > RATE)
    felt.push(...(await callSteadily(agent, server, RATE, callees, { seconds: 1 })).tookMs);
  await waiting;
  say('while erasing', felt);
  const told = await admin(server, 'GET', `/people/erasures/${id}`);
  console.log(`erased within ${((ended.at - beganAt) / 1000).toFixed(1)} s: ${JSON.stringify(told.erased)}`);

  await server.stop();
  const again = await openBulk(filled.databaseUrl);
  const left = await traces(again);
  const after = await sums(again);
  await again.close();
  const isSame = JSON.stringify(after) === JSON.stringify(before);
  const file = kind === 'sqlite' ? filled.databaseUrl.slice('sqlite:'.length) : null;
  if (file !== null && spawnSync('grep', ['-qaF', INDEX, file]).status === 0) left.file = true;
  console.log(`left of the driver: ${JSON.stringify(left)}; sums as before: ${isSame}`);
  if (told.status !== 'done' || Object.keys(left).length > 0 || !isSame) process.exitCode = 1;
}

/** The first sessions become the driver's, and each gets a call of a minute that ended two days ago. */
async function giveToDriver(bulk, { rows }) {
  const at = Date.now() - 48 * HOUR_MS;
  const owner = (id) => ({ id, accountId: ACCOUNT.authId, subaccountId: null });
  for (let i = 0; i < OWN; i++) {
    const { id, second: customer, virtualNumber } = rows.sessionOf(i);
    const parties = { first: customer, second: DRIVER, firstPin: null, secondPin: null };
    const customerIndex = records.partyIndex(ACCOUNT.authId, customer);
    const sealed = records.sealParties({ ...owner(id), parties });
    const pair = records.pairIndex({ ...owner(id), parties });
    await bulk.run(
      `UPDATE masking_session SET parties = '${sealed}', second_index = '${INDEX}', pair_index = '${pair}' WHERE id = '${id}'`,
    );
    // One phone has one place on a number; the driver has its places on the first of them.
    const held = `session_id = '${id}' AND role = 'second'`;
    if (i < 1000) await bulk.run(`UPDATE number_assignment SET party_index = '${INDEX}' WHERE ${held}`);
    else await bulk.run(`DELETE FROM number_assignment WHERE ${held}`);
    const [callId, uuid] = [id.replace('-7000-', '-7001-'), `10000000-0000-4000-8000-${String(i).padStart(12, '0')}`];
    const call = { callId, accountId: ACCOUNT.authId };
    const seal = (column, text) =>
      crypto.seal({ column: `masked_call.${column}`, row: call.callId, account: ACCOUNT.authId }, text);
    await bulk.run(
      `INSERT INTO masked_call (id, account_id, session_id, kind, a_leg_uuid, caller_role, caller, dialled, caller_index, dialled_index, virtual_number, pin_attempts,
       decision, reason, answer, created_at, ended_at, connected_at, outcome) VALUES ('${callId}', '${ACCOUNT.authId}', '${id}', 'inbound', '${uuid}', 'second',
       '${seal('caller', DRIVER)}', '${seal('dialled', customer)}', '${INDEX}', '${customerIndex}', '${virtualNumber}', 0, 'connect', 'party',
       '${seal('answer', `<Response><Dial><Number>${customer}</Number></Dial></Response>`)}', ${at}, ${at + 60_000}, ${at}, 'connected')`,
    );
    for (const [side, leg, role] of [
      ['A', uuid, 'second'],
      ['B', uuid.replace(/^1/, '2'), 'first'],
    ])
      await bulk.run(
        `INSERT INTO call_leg (account_id, leg_uuid, call_id, session_id, side, role, started_at, answered_at, ended_at, is_answered, is_connected, is_ended, duration,
         billed_duration, amount) VALUES ('${ACCOUNT.authId}', '${leg}', '${callId}', '${id}', '${side}', '${role}', ${at}, ${at}, ${at + 60_000}, 1, 1, 1, 60, 60, 8500)`,
      );
    await bulk.run(
      `INSERT INTO interaction (id, session_id, started_at, ended_at, busy_until, leg_count, duration, billed_duration, amount)
       VALUES ('${callId}', '${id}', ${at}, ${at + 60_000}, ${at + 60_000}, 2, 120, 120, 17000)`,
    );
    const place = `'${ACCOUNT.authId}', ${at - (at % HOUR_MS)}, '${virtualNumber}'`;
    await bulk.run(
      `INSERT INTO call_tally (account_id, hour, virtual_number, a_leg_uuid, session_id, is_connected, talk_seconds, billed_seconds, amount, own_amount, minute_fee)
       VALUES (${place}, '${uuid}', '${id}', 1, 60, 120, 17000, 0, 0)`,
    );
  }
}

/** What calls and sessions that are there and those that are forgotten come to: what the sums by hour are proved by. */
async function sums(bulk) {
  const [calls] = await bulk.rows(
    'SELECT COUNT(*) AS calls, COALESCE(SUM(amount + own_amount), 0) AS amount FROM call_tally',
  );
  const [opened] = await bulk.rows('SELECT COALESCE(SUM(sessions), 0) AS sessions FROM session_stat');
  const [gone] = await bulk.rows(
    'SELECT COALESCE(SUM(calls), 0) AS calls, COALESCE(SUM(amount), 0) AS amount, COALESCE(SUM(sessions), 0) AS sessions FROM forgotten_stat',
  );
  return {
    calls: Number(calls.calls) + Number(gone.calls),
    amount: Number(calls.amount) + Number(gone.amount),
    sessions: Number(opened.sessions) + Number(gone.sessions),
  };
}

/** Where the index of the driver or its digits stand: all tables, all columns of text. */
async function traces(bulk) {
  const found = {};
  for (const [table, columns] of await bulk.textColumns())
    for (const column of columns) {
      const [{ n }] = await bulk.rows(
        `SELECT COUNT(*) AS n FROM ${table} WHERE ${column} = '${INDEX}' OR ${column} = 'c:${INDEX}' OR ${column} LIKE '%${DRIVER}%'`,
      );
      if (Number(n) > 0) found[`${table}.${column}`] = Number(n);
    }
  return found;
}

async function killedInTheMiddle(server, id, start) {
  for (;;) {
    const { erased } = await admin(server, 'GET', `/people/erasures/${id}`);
    if (erased.sessions > OWN / 3) break;
    await delay(20);
  }
  await server.kill();
  console.log('killed');
  return start();
}

async function done(server, id) {
  for (;;) {
    const { status } = await admin(server, 'GET', `/people/erasures/${id}`);
    if (status !== 'running') return;
    await delay(200);
  }
}

async function admin({ origin }, method, path, body) {
  const answer = await request(`${origin}/admin${path}`, {
    method,
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
    dispatcher: agent,
  });
  const text = await answer.body.text();
  if (answer.statusCode >= 300) throw new Error(`${method} ${path}: ${answer.statusCode} ${text}`);
  return JSON.parse(text);
}

function say(what, took) {
  const sorted = [...took].sort((one, other) => one - other);
  const at = (share) => (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1);
  console.log(`${what}: ${sorted.length} answers; p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, most ${at(1)} ms`);
}
