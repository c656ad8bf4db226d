// What callers feel of the deletion of old sessions, and how fast sessions that fall due together are ended. `npm run build && node bench/retention.mjs
// [sqlite|mysql]`; mysql uses TEST_DATABASE_URL or mysql://root@127.0.0.1:3306. SESSIONS=1000000 ended ones with a call each; as many fall due, half of
// them with a callback URL. SECONDS=30 for each measurement; CREATES=1 to have creates beside the expiry.
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import mysql from 'mysql2/promise';
import { Agent, request } from 'undici';
import { dropAll, kinds, newFolder } from './databases.mjs';
import { ACCOUNT, ADMIN_TOKEN, answerRequest, createRequest, parties } from './requests.mjs';
import { addNumbers, cpuMicros, killAll, startService } from './servers.mjs';

const MAIN = fileURLToPath(new URL('../dist/bin/main.js', import.meta.url));
const kind = process.argv[2] ?? 'sqlite';
const SESSIONS = Number(process.env.SESSIONS ?? 1_000_000);
const SECONDS = Number(process.env.SECONDS ?? 30);
const ANSWERS_A_SECOND = 100;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const NUMBERS = 100;
/** A call keeps its session's line busy: each answer needs a session of its own. */
const LIVE = (2 * SECONDS + 3) * ANSWERS_A_SECOND;
const DUE_A_SECOND = 10_000;

const agent = new Agent({ connections: 64, pipelining: 1 });
const ENDED_AT = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 100 * DAY_MS;
const settings = (url) =>
  JSON.stringify({ callback_url: url, callback_method: 'POST', recording_callback_url: '', call_time_limit: 3600 });
/** Nobody listens there: it is what writing a callback costs that is measured, not sending it. */
const CALLBACK_URL = 'https://receiver.example.com/callbacks';

const ID = "'00000000-0000-7000-8000-000000' || t";
const UUID = "'10000000-0000-4000-8000-000000' || t";

try {
  await main();
} finally {
  await agent.close();
  killAll();
  await dropAll();
}

async function main() {
  const databaseUrl = await kinds[kind].create();
  const dataFolder = newFolder();
  console.log(`${await kinds[kind].describe()}; Node ${process.version}; ${cpus().length} × ${cpus()[0]?.model}`);
  migrate(databaseUrl, dataFolder);
  const database = await openDatabase(databaseUrl);
  await fill(database);
  const server = await startService({ databaseUrl, dataFolder, settings: { MAX_SESSION_EXPIRY: '31536000' } });
  await addNumbers(server.origin);
  const sessions = [];
  let opened = 0;
  const opener = async () => {
    while (opened < LIVE) sessions.push(await create(server, ++opened));
  };
  await Promise.all(Array.from({ length: 16 }, opener));

  await answers(server, sessions, 3);
  const calm = await answers(server, sessions, SECONDS);
  say('answers, nothing deleted', calm);
  await purge(database, server, sessions, calm);
  await expiry(database, server);
  await server.stop();
  await database.close();
}

/** The purge is not due until it is let go. */
async function purge(database, server, sessions, calm) {
  await database.run(`UPDATE scheduled_task SET next_run_at = 0 WHERE name = 'retention.sessions'`);
  const left = () => database.count(`FROM masking_session WHERE status = 'expired'`);
  const whole = await left();
  while ((await left()) === whole) await delay(200);
  const [before, began] = [await left(), performance.now()];
  const cpu = cpuMicros(server.pid);
  const disturbed = await answers(server, sessions, SECONDS);
  const [after, took] = [await left(), (performance.now() - began) / 1000];
  say('answers beside the purge', disturbed);
  const busy = cpuMicros(server.pid) - cpu;
  const rate = (before - after) / took;
  console.log(
    `purged ${before - after} sessions with a call each in ${took.toFixed(1)} s: ${rate.toFixed(0)} a second, a million in ${(1e6 / rate / 60).toFixed(0)} min; p99 ${(at(disturbed, 0.99) / at(calm, 0.99)).toFixed(2)} of undisturbed; ${(busy / (before - after)).toFixed(0)} µs of the service's processor time a session, answers included`,
  );
  await database.run(
    `UPDATE scheduled_task SET next_run_at = ${Date.now() + DAY_MS} WHERE name = 'retention.sessions'`,
  );
}

/** Sessions fall due at a rate; how long the oldest of them has waited is looked at ten times a second. */
async function expiry(database, server) {
  for (const share of [0, 0.5]) {
    const seconds = Math.min(SECONDS, Math.floor(SESSIONS / DUE_A_SECOND));
    const count = seconds * DUE_A_SECOND;
    await fallDue(database, count, share);
    const beginsAt = await database.least(`SELECT MIN(expires_at) AS at FROM masking_session WHERE status = 'active'`);
    await delay(Math.max(0, beginsAt - Date.now()));
    const creating = { on: process.env.CREATES === '1', took: [] };
    const creates = beside(server, creating, share);
    const late = [];
    const cpu = cpuMicros(server.pid);
    let endedAt = null;
    const due = `FROM masking_session WHERE status = 'active' AND expires_at <= ${beginsAt + seconds * 1000}`;
    while (endedAt === null) {
      const oldest = await database.least(`SELECT MIN(expires_at) AS at ${due}`);
      if (oldest === null) endedAt = Date.now();
      else late.push(Math.max(0, Date.now() - oldest));
      await delay(100);
    }
    creating.on = false;
    await creates;
    late.sort((one, other) => one - other);
    const busy = (cpuMicros(server.pid) - cpu) / count;
    const rate = count / ((endedAt - beginsAt) / 1000);
    console.log(
      `${count} sessions due at ${DUE_A_SECOND} a second, ${share * 100} % with a callback URL: ended at ${rate.toFixed(0)} a second; the oldest waiting p50 ${at(late, 0.5).toFixed(0)} ms, p99 ${at(late, 0.99).toFixed(0)} ms; ${busy.toFixed(0)} µs of the service's processor time a session`,
    );
    if (creating.took.length > 0)
      say(
        'creates beside it, one at a time',
        creating.took.sort((one, other) => one - other),
      );
  }
}

async function beside(server, creating, share) {
  for (let n = 100_000 + share * 100_000; creating.on; n += 1) {
    const began = performance.now();
    await create(server, n);
    creating.took.push(performance.now() - began);
  }
}

/** As many of those that are there become live and fall due one after the other, from in some seconds on. */
async function fallDue(database, count, share) {
  const from = Date.now() + Number(process.env.AHEAD_MS ?? 60_000);
  const url = kind === 'sqlite' ? 'CAST(substr(id, -6) AS integer)' : 'CAST(RIGHT(id, 6) AS unsigned)';
  const place = kind === 'sqlite' ? `${url} / ${DUE_A_SECOND / 1000}` : `${url} DIV ${DUE_A_SECOND / 1000}`;
  await database.run('DELETE FROM job');
  await database.run('DELETE FROM callback');
  await database.run('DELETE FROM callback_stream');
  const told =
    share === 0
      ? `'${settings('')}'`
      : `CASE WHEN ${url} % 2 = 0 THEN '${settings(CALLBACK_URL)}' ELSE '${settings('')}' END`;
  await database.run(`DELETE FROM masking_session WHERE id LIKE '00000000-0000-7000-8000-%'`);
  await database.run(...numbered(count));
  await database.run(
    `INSERT INTO masking_session (id, account_id, status, parties, virtual_number_id, virtual_number, settings, created_at, modified_at, expires_at)
     SELECT id, '${ACCOUNT.authId}', 'active', '${'x'.repeat(200)}', 1, '14155600000', ${told}, ${from}, ${from}, ${from} + ${place} FROM (SELECT ${ID} AS id FROM bench_n) ids`,
  );
  await database.run('DROP TABLE bench_n');
  if (Date.now() > from)
    throw new Error(
      `filling took until after the first was due; AHEAD_MS=${2 * (Date.now() - from) + 60_000} would do`,
    );
}

/** Ended a hundred days ago, with a call of two legs each. */
async function fill(database) {
  const began = performance.now();
  const ended = `${ENDED_AT} + (n % 240) * ${HOUR_MS / 60}`;
  const account = `'${ACCOUNT.authId}'`;
  const number = `CAST(14155600000 + n % ${NUMBERS} AS ${kind === 'sqlite' ? 'text' : 'char'})`;
  const hour = `${ENDED_AT} + ${kind === 'sqlite' ? '(n % 240) / 60' : '(n % 240) DIV 60'} * ${HOUR_MS}`;
  await database.run(...numbered(SESSIONS));
  for (const sql of [
    `INSERT INTO masking_session (id, account_id, status, parties, first_index, second_index, virtual_number_id, virtual_number, settings, created_at, modified_at, expires_at)
       SELECT ${ID}, ${account}, 'expired', '${'x'.repeat(200)}', 'f' || t, 's' || t, 1 + n % ${NUMBERS}, ${number}, '${settings('')}', ${ended}, ${ended}, ${ended} FROM bench_n`,
    ...['f', 's'].map(
      (role) => `INSERT INTO number_assignment (virtual_number_id, party_index, session_id, role, free_after)
       SELECT 1 + n % ${NUMBERS}, '${role}' || t, ${ID}, 'first', ${ended} FROM bench_n`,
    ),
    `INSERT INTO masked_call (id, account_id, session_id, virtual_number_id, kind, a_leg_uuid, caller_role, pin_attempts, decision, reason, answer, created_at, ended_at)
       SELECT ${ID}, ${account}, ${ID}, 1, 'inbound', ${UUID}, 'first', 0, 'connect', 'party', '${'x'.repeat(200)}', ${ended}, ${ended} FROM bench_n`,
    ...['A', 'B'].map(
      (
        side,
      ) => `INSERT INTO call_leg (account_id, leg_uuid, call_id, session_id, side, role, started_at, answered_at, ended_at, is_answered, is_connected, is_ended, duration, billed_duration, amount)
       SELECT ${account}, '${side}' || ${UUID}, ${ID}, ${ID}, '${side}', 'first', ${ended}, ${ended}, ${ended}, 1, 1, 1, 90, 120, 8500 FROM bench_n`,
    ),
    `INSERT INTO interaction (id, session_id, started_at, ended_at, busy_until, leg_count, duration, billed_duration, amount)
       SELECT ${ID}, ${ID}, ${ended}, ${ended}, ${ended}, 2, 180, 240, 17000 FROM bench_n`,
    `INSERT INTO call_tally (account_id, a_leg_uuid, hour, virtual_number, session_id, is_connected, talk_seconds, billed_seconds, amount, own_amount, minute_fee)
       SELECT ${account}, 'A' || ${UUID}, ${hour}, ${number}, ${ID}, 1, 90, 240, 17000, 0, 0 FROM bench_n`,
    `INSERT INTO session_stat (session_id, hour, account_id, virtual_number, calls, connected, talk_seconds, billed_seconds, amount, sessions, fees)
       SELECT ${ID}, ${hour}, ${account}, ${number}, 1, 1, 90, 240, 17000, 1, 0 FROM bench_n`,
    'DROP TABLE bench_n',
  ])
    await database.run(sql);
  const later = Date.now() + DAY_MS;
  for (const name of ['billing-stats.recount', 'retention.sessions'])
    await database.run(`INSERT INTO scheduled_task (name, next_run_at) VALUES ('${name}', ${later})`);
  await database.settle();
  console.log(
    `${SESSIONS} ended sessions with a call each inserted in ${((performance.now() - began) / 1000).toFixed(0)} s`,
  );
}

/** A table of numbers and of the same as six digits. */
function numbered(count) {
  const digit = `(${Array.from({ length: 10 }, (_, x) => `SELECT ${x} AS x`).join(' UNION ')})`;
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  return [
    'CREATE TABLE bench_n (n int PRIMARY KEY, t varchar(6) NOT NULL)',
    `INSERT INTO bench_n SELECT n, substr('00000' || n, length('00000' || n) - 5) FROM (
       SELECT ${names.map((name, place) => `${name}.x * ${10 ** place}`).join(' + ')} AS n FROM ${names.map((name) => `${digit} ${name}`).join(', ')}
     ) all_n WHERE n < ${count}`,
  ];
}

function migrate(databaseUrl, dataFolder) {
  const env = {
    PATH: process.env.PATH,
    DATABASE_URL: databaseUrl,
    DATA_DIR: dataFolder,
    PROVIDER: 'simulator',
    ADMIN_TOKEN,
  };
  const { status, stderr } = spawnSync(process.execPath, [MAIN, 'migrate'], { env });
  if (status !== 0) throw new Error(`expected the migration to end with 0, got ${status}: ${stderr}`);
}

async function openDatabase(url) {
  if (kind === 'sqlite') {
    const { default: Sqlite } = await import('better-sqlite3');
    const database = new Sqlite(url.slice('sqlite:'.length), { timeout: 60_000 });
    for (const pragma of ['synchronous = OFF', 'cache_size = -500000']) database.pragma(pragma);
    return {
      run: async (...statements) => statements.forEach((sql) => database.exec(sql)),
      count: async (rest) => database.prepare(`SELECT COUNT(*) AS n ${rest}`).get().n,
      least: async (sql) => database.prepare(sql).get().at,
      settle: async () => database.pragma('wal_checkpoint(TRUNCATE)'),
      close: async () => database.close(),
    };
  }
  const connection = await mysql.createConnection(url);
  await connection.query(
    "SET SESSION sql_mode = 'PIPES_AS_CONCAT', SESSION innodb_lock_wait_timeout = 600, SESSION unique_checks = 0",
  );
  const first = async (sql) => (await connection.query(sql))[0][0];
  return {
    async run(...statements) {
      for (const sql of statements) await connection.query(sql);
    },
    count: async (rest) => (await first(`SELECT COUNT(*) AS n ${rest}`)).n,
    least: async (sql) => (await first(sql)).at,
    settle: async () => connection.query('ANALYZE TABLE masking_session, masked_call, call_leg, number_assignment'),
    close: () => connection.end(),
  };
}

async function create(server, n) {
  const { path, ...options } = createRequest(n);
  const created = await request(server.origin + path, { ...options, dispatcher: agent });
  const text = await created.body.text();
  if (created.statusCode !== 201) throw new Error(`${created.statusCode} ${text}`);
  const { session_uuid: id, virtual_number: number } = JSON.parse(text);
  return { id, second: parties(n).second, virtualNumber: number.replace('+', '') };
}

/** At a steady rate, whatever becomes of them; milliseconds, sorted. */
async function answers(server, sessions, seconds) {
  const took = [];
  const sent = [];
  const began = performance.now();
  for (let n = 0; n < seconds * ANSWERS_A_SECOND; n += 1) {
    const dueAt = began + (n * 1000) / ANSWERS_A_SECOND;
    await delay(Math.max(0, dueAt - performance.now()));
    sent.push(answer(server, sessions.pop(), dueAt).then((ms) => took.push(ms)));
  }
  await Promise.all(sent);
  return took.sort((one, other) => one - other);
}

/** From the moment at which it was to be sent: what waits in front of the service counts. */
async function answer(server, session, dueAt) {
  const { path, ...options } = answerRequest(session, server.origin);
  const { statusCode, body } = await request(server.origin + path, { ...options, dispatcher: agent });
  const xml = await body.text();
  if (statusCode !== 200 || !xml.includes('<Dial'))
    throw new Error(`expected to be connected, got ${statusCode} ${xml}`);
  return performance.now() - dueAt;
}

function at(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

function say(what, sorted) {
  const shown = [0.5, 0.99, 1].map((share) => at(sorted, share).toFixed(1));
  console.log(`${what}: ${sorted.length}; p50 ${shown[0]} ms, p99 ${shown[1]} ms, most ${shown[2]} ms`);
}
