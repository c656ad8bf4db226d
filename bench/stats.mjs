// A million calls in a million sessions over thirty days, put into the tables as calls leave them; then how long GET /admin/stats takes, and what
// memory the service needs while every session goes out as CSV. `npm run build && node bench/stats.mjs [sqlite|mysql]`; mysql uses
// TEST_DATABASE_URL or mysql://root@127.0.0.1:3306. CALLS=100000 for a smaller run, REQUESTS=50 for a shorter one.
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import mysql from 'mysql2/promise';
import { Agent, request } from 'undici';
import { sqliteDriver } from '../dist/src/platform/database/sqlite-driver.js';
import { dropAll, kinds, newFolder } from './databases.mjs';
import { ACCOUNT, ADMIN_TOKEN } from './requests.mjs';
import { killAll, rssMegabytes, startService } from './servers.mjs';

const MAIN = fileURLToPath(new URL('../dist/bin/main.js', import.meta.url));
const kind = process.argv[2] ?? 'sqlite';
const CALLS = Number(process.env.CALLS ?? 1_000_000);
const NUMBERS = 100;
const QUARTER = 900_000;
const QUARTERS = 2880;
const REQUESTS = Number(process.env.REQUESTS ?? 300);
const RSS_EVERY_MS = 50;

const agent = new Agent({ connections: 8, pipelining: 1 });
const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };

const FROM = Math.floor(Date.now() / 86_400_000) * 86_400_000 - 30 * 86_400_000;
const ID = "'00000000-0000-7000-8000-000000' || t";
const A_LEG = "'10000000-0000-4000-8000-000000' || t";
const B_LEG = "'20000000-0000-4000-8000-000000' || t";
const AT = `${FROM} + (n % ${QUARTERS}) * ${QUARTER}`;
const NUMBER = `14155600000 + (n / 7) % ${NUMBERS}`;

/** The rows of a call as the service writes them: both legs answered, two minutes billed each. */
const ROWS = [
  `INSERT INTO masking_session (id, account_id, status, parties, virtual_number_id, virtual_number, settings, created_at, modified_at, expires_at)
     SELECT ${ID}, '${ACCOUNT.authId}', 'expired', '${'x'.repeat(200)}', 1, NUMBER, '{}', ${AT}, ${AT}, ${AT} + 60000 FROM bench_n`,
  `INSERT INTO masked_call (id, account_id, session_id, virtual_number_id, kind, a_leg_uuid, caller_role, pin_attempts, decision, reason, answer, created_at, ended_at)
     SELECT ${ID}, '${ACCOUNT.authId}', ${ID}, 1, 'inbound', ${A_LEG}, 'first', 0, 'connect', 'party', '${'x'.repeat(200)}', ${AT}, ${AT} + 90000 FROM bench_n`,
  ...[
    ['A', 'first', A_LEG, 17_000],
    ['B', 'second', B_LEG, 24_000],
  ].map(
    ([side, role, uuid, amount]) =>
      `INSERT INTO call_leg (account_id, leg_uuid, call_id, session_id, side, role, started_at, answered_at, ended_at, is_answered, is_connected, is_ended,
         duration, billed_duration, amount)
       SELECT '${ACCOUNT.authId}', ${uuid}, ${ID}, ${ID}, '${side}', '${role}', ${AT}, ${AT}, ${AT} + 90000, 1, 1, 1, 90, 120, ${amount} FROM bench_n`,
  ),
  `INSERT INTO interaction (id, session_id, started_at, ended_at, busy_until, leg_count, duration, billed_duration, amount)
     SELECT ${ID}, ${ID}, ${AT}, ${AT} + 90000, ${AT} + 90000, 2, 180, 240, 41000 FROM bench_n`,
  `INSERT INTO call_tally (account_id, a_leg_uuid, hour, direction, subaccount_id, virtual_number, session_id, is_connected, talk_seconds, billed_seconds, amount, own_amount, minute_fee)
     SELECT '${ACCOUNT.authId}', ${A_LEG}, ${AT}, 'inbound', '', NUMBER, ${ID}, 1, 90, 240, 41000, 0, 0 FROM bench_n`,
  `INSERT INTO session_stat (session_id, hour, direction, subaccount_id, account_id, virtual_number, calls, connected, talk_seconds, billed_seconds, amount, sessions, fees)
     SELECT ${ID}, ${AT}, 'inbound', '', '${ACCOUNT.authId}', NUMBER, 1, 1, 90, 240, 41000, 1, 0 FROM bench_n`,
  ...[
    ['NUMBER', 2],
    ["''", 8],
  ].map(
    ([number, shards]) =>
      `INSERT INTO call_stat (account_id, virtual_number, hour, direction, subaccount_id, shard, calls, connected, talk_seconds, billed_seconds, amount, sessions, fees)
         SELECT '${ACCOUNT.authId}', ${number}, ${AT} AS q, 'inbound', '', ${kind === 'sqlite' ? '0' : `(n / 11) % ${shards}`} AS s, COUNT(*), COUNT(*), 90 * COUNT(*),
           240 * COUNT(*), 41000 * COUNT(*), COUNT(*), 0 FROM bench_n GROUP BY 2, 3, 6`,
  ),
];

try {
  await main();
} finally {
  killAll();
  await dropAll();
}

async function main() {
  const databaseUrl = await kinds[kind].create();
  const dataFolder = newFolder();
  console.log(`${await kinds[kind].describe()}; Node ${process.version}; ${cpus().length} × ${cpus()[0]?.model}`);
  migrate(databaseUrl, dataFolder);
  const began = performance.now();
  await fill(databaseUrl);
  console.log(
    `${CALLS} calls with their legs, sessions and roll-ups inserted in ${seconds(performance.now() - began)} s`,
  );

  const server = await startService({ databaseUrl, dataFolder });
  const to = new Date(FROM + 30 * 86_400_000).toISOString();
  const range = `from=${new Date(FROM).toISOString()}&to=${to}`;
  await timings(server, range);
  await csv(server, range, 0);
  await csv(server, range, 1);
  await server.stop();
}

function migrate(databaseUrl, dataFolder) {
  const { status, stderr } = spawnSync(process.execPath, [MAIN, 'migrate'], {
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: databaseUrl,
      DATA_DIR: dataFolder,
      PROVIDER: 'simulator',
      PLIVO_AUTH_ID: ACCOUNT.authId,
      PLIVO_AUTH_TOKEN: ACCOUNT.authToken,
      ADMIN_TOKEN,
    },
  });
  if (status !== 0) throw new Error(`expected the migration to end with 0, got ${status}: ${stderr}`);
}

async function fill(databaseUrl) {
  const digit =
    '(SELECT 0 AS x UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9)';
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const statements = [
    'CREATE TABLE bench_n (n int PRIMARY KEY, t varchar(6) NOT NULL)',
    `INSERT INTO bench_n SELECT n, substr('00000' || n, length('00000' || n) - 5) FROM (
       SELECT ${names.map((name, place) => `${name}.x * ${10 ** place}`).join(' + ')} AS n FROM ${names.map((name) => `${digit} ${name}`).join(', ')}
     ) all_n WHERE n < ${CALLS}`,
    ...ROWS.map((sql) => sql.replaceAll('NUMBER', numberText())),
    'DROP TABLE bench_n',
    // Not due for a day: it is not what is measured here.
    `INSERT INTO scheduled_task (name, next_run_at) VALUES ('billing-stats.recount', ${Date.now() + 86_400_000})`,
  ];
  if (kind === 'sqlite') {
    const Sqlite = sqliteDriver();
    const database = new Sqlite(databaseUrl.slice('sqlite:'.length));
    for (const pragma of ['journal_mode = MEMORY', 'synchronous = OFF', 'cache_size = -500000'])
      database.pragma(pragma);
    for (const sql of statements) database.exec(sql);
    database.pragma('journal_mode = WAL');
    database.pragma('wal_checkpoint(TRUNCATE)');
    database.close();
    return;
  }
  const connection = await mysql.createConnection(databaseUrl);
  await connection.query(
    "SET SESSION sql_mode = 'PIPES_AS_CONCAT', SESSION innodb_lock_wait_timeout = 600, SESSION unique_checks = 0, SESSION foreign_key_checks = 0",
  );
  for (const sql of statements)
    await connection.query(sql.replaceAll('n / 7', 'n DIV 7').replaceAll('n / 11', 'n DIV 11'));
  await connection.end();
}

function numberText() {
  return kind === 'sqlite' ? `CAST(${NUMBER} AS text)` : `CAST(${NUMBER} AS char)`;
}

async function ask(server, path) {
  // A connection may be closed as idle at the moment of asking.
  const once = () => request(server.origin + path, { dispatcher: agent, headers });
  const answer = await once().catch(once);
  const body = await answer.body.json();
  if (answer.statusCode !== 200) throw new Error(`${path}: ${answer.statusCode} ${JSON.stringify(body)}`);
  return body;
}

async function timings(server, range) {
  for (const grouping of [
    'day',
    'hour',
    'account',
    'number',
    'country',
    'session',
    'month,account,country',
    'day&time_zone=Asia/Kolkata',
  ]) {
    const path = `/admin/stats?${range}&group_by=${grouping}`;
    for (let index = 0; index < 20; index += 1) await ask(server, path);
    const took = [];
    let items = [];
    for (let index = 0; index < REQUESTS; index += 1) {
      const began = performance.now();
      ({ items } = await ask(server, path));
      took.push(performance.now() - began);
    }
    took.sort((one, other) => one - other);
    const at = (share) => took[Math.min(took.length - 1, Math.floor(took.length * share))].toFixed(1);
    const calls = items.reduce((sum, item) => sum + item.calls, 0);
    console.log(
      `group_by=${grouping}: ${items.length} items of ${calls} calls; p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, most ${at(1)} ms (${REQUESTS} requests)`,
    );
  }
}

/** `pauseMs`: how long the reader takes over each piece. */
async function csv(server, range, pauseMs) {
  const before = rssMegabytes(server.pid);
  let most = before ?? 0;
  const sampling = setInterval(() => (most = Math.max(most, rssMegabytes(server.pid) ?? 0)), RSS_EVERY_MS);
  const began = performance.now();
  const answer = await request(`${server.origin}/admin/stats?${range}&group_by=session&format=csv`, {
    dispatcher: agent,
    headers,
    bodyTimeout: 0,
  });
  let rows = -1;
  let bytes = 0;
  let pieces = 0;
  for await (const piece of answer.body) {
    bytes += piece.length;
    for (const byte of piece) if (byte === 10) rows += 1;
    pieces += 1;
    if (pauseMs > 0 && pieces % 4 === 0) await delay(pauseMs);
  }
  clearInterval(sampling);
  const reader = pauseMs > 0 ? 'a slow reader' : 'a fast reader';
  console.log(
    `CSV to ${reader}: ${rows} rows, ${(bytes / 1e6).toFixed(1)} MB in ${seconds(performance.now() - began)} s; memory of the service ${before?.toFixed(0)} MB before, ${most.toFixed(0)} MB at the most`,
  );
}

function seconds(milliseconds) {
  return (milliseconds / 1000).toFixed(1);
}
