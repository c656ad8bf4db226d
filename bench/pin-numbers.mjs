// How long a create takes beside very many live PINs: sessions with generated PINs, which are lent the number with the fewest, and ordinary ones.
// `npm run build && node bench/pin-numbers.mjs [sqlite|mysql]`; mysql uses TEST_DATABASE_URL or mysql://root@127.0.0.1:3306.
// NUMBERS=1000 and PINS=100000 (live ones; as many are over) unless said otherwise.
import { cpus } from 'node:os';
import mysql from 'mysql2/promise';
import { Agent, request } from 'undici';
import { dropAll, kinds, newFolder } from './databases.mjs';
import { ACCOUNT, createRequest } from './requests.mjs';
import { killAll, startService } from './servers.mjs';

const kind = process.argv[2] ?? 'sqlite';
const NUMBERS = Number(process.env.NUMBERS ?? 1000);
const PINS = Number(process.env.PINS ?? 100_000);
const REQUESTS = 500;
const ROWS_AT_ONCE = 1000;
const DAY_MS = 86_400_000;
const PIN = {
  is_pin_authentication_required: true,
  generate_pin: true,
  pin_prompt_play: 'https://files.example.com/prompt.mp3',
};

const agent = new Agent({ connections: 16, pipelining: 1 });

try {
  await main();
} finally {
  await agent.close();
  killAll();
  await dropAll();
}

async function main() {
  const databaseUrl = await kinds[kind].create();
  const server = await startService({ databaseUrl, dataFolder: newFolder() });
  console.log(`${await kinds[kind].describe()}; Node ${process.version}; ${cpus().length} × ${cpus()[0]?.model}`);
  const execute = await openDatabase(databaseUrl);
  for (const sql of rows()) await execute(sql);
  if (kind === 'mysql') await execute('ANALYZE TABLE virtual_number, number_assignment, pin_assignment');
  await execute();
  console.log(`${NUMBERS} numbers, ${PINS} live PINs and ${PINS} that are over`);

  let pair = 1;
  for (const [what, more] of [
    ['without PIN', {}],
    ['with generated PINs', PIN],
  ]) {
    for (const atOnce of [1, 16]) {
      const took = [];
      const work = async () => {
        while (took.length < REQUESTS) took.push(await create(server, pair++, more));
      };
      const began = performance.now();
      await Promise.all(Array.from({ length: atOnce }, work));
      const rate = took.length / ((performance.now() - began) / 1000);
      took.sort((one, other) => one - other);
      const at = (share) => took[Math.floor(took.length * share)].toFixed(1);
      console.log(
        `create ${what}, ${atOnce} at once: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, ${rate.toFixed(0)} a second`,
      );
    }
  }
  await server.stop();
}

async function create(server, pair, more) {
  const { path, ...options } = createRequest(pair);
  const began = performance.now();
  const body = JSON.stringify({ ...JSON.parse(options.body), ...more });
  const answer = await request(server.origin + path, { ...options, body, dispatcher: agent });
  const text = await answer.body.text();
  if (answer.statusCode !== 201) throw new Error(`${answer.statusCode} ${text}`);
  return performance.now() - began;
}

/** The rows that sessions with PINs leave: two parties and two PINs each, spread evenly. */
function* rows() {
  const [later, over] = [Date.now() + DAY_MS, Date.now() - DAY_MS];
  yield 'DELETE FROM virtual_number';
  yield* inserts(
    'virtual_number (id, account_id, number, calling_code, country, alias, status, is_synced, created_at)',
    NUMBERS,
    (row) => `(${row + 1}, '${ACCOUNT.authId}', '${12015550000 + row}', '1', 'US', '', 'active', 0, 0)`,
  );
  for (const [free, name] of [
    [later, 'l'],
    [over, 'o'],
  ]) {
    yield* inserts(
      'number_assignment (virtual_number_id, party_index, session_id, role, free_after)',
      PINS,
      (row) => `(${(row % NUMBERS) + 1}, '${name}${row}', '${name}${row >> 1}', 'first', ${free})`,
    );
    yield* inserts(
      'pin_assignment (virtual_number_id, pin_index, session_id, role, free_after, pin_length)',
      PINS,
      (row) => `(${(row % NUMBERS) + 1}, '${name}${row}', '${name}${row >> 1}', 'first', ${free}, 6)`,
    );
  }
}

function* inserts(into, count, rowOf) {
  for (let from = 0; from < count; from += ROWS_AT_ONCE) {
    const values = Array.from({ length: Math.min(ROWS_AT_ONCE, count - from) }, (_, index) => rowOf(from + index));
    yield `INSERT INTO ${into} VALUES ${values.join(', ')}`;
  }
}

/** Runs statements beside the service; without one it closes. */
async function openDatabase(url) {
  if (kind === 'sqlite') {
    const { default: Sqlite } = await import('better-sqlite3');
    const database = new Sqlite(url.slice('sqlite:'.length));
    return async (sql) => void (sql === undefined ? database.close() : database.exec(sql));
  }
  const connection = await mysql.createConnection(url);
  return async (sql) => void (sql === undefined ? await connection.end() : await connection.query(sql));
}
