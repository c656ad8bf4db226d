// A year of an installation in some minutes, as docs/operating.md has an operator live it: set up at Plivo, calls, a backup while calls run, a crash that takes the disk, the restore elsewhere, another key under load,
// the move to MariaDB, two processes there, an upgrade from the version before, and the way back at Plivo. `node bench/year.mjs [first port]`; needs MariaDB (TEST_DATABASE_URL).
// Exit code 1 when a session is lost, a call reaches somebody else, or a bill differs.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, cpSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { machine, promises, say, table } from './callback-report.mjs';
import { dropAll, kinds, newFolder } from './databases.mjs';
import { ACCOUNT, ADMIN_TOKEN } from './requests.mjs';
import { killAll } from './servers.mjs';
import { sumOf } from './year-bill.mjs';
import { customersAt } from './year-customers.mjs';
import { masking, openAddress, startReady } from './year-installation.mjs';
import { startPlivo } from './year-plivo.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PREVIOUS = 'fc3af68';
const FIRST_PORT = Number(process.argv[2] ?? 9500);
const NUMBERS = Array.from({ length: 12 }, (_, n) => `1415555${String(100 + n).padStart(4, '0')}`);
const FIRST_SESSIONS = 40;
const LIVING_MS = 3_000;
/** PATIENT=1 waits for the records of calls that were cut off, and then excuses none of them. */
const IS_PATIENT = process.env.PATIENT === '1';
const RECORDS_WITHIN_MS = 15 * 60_000;
const startedAt = performance.now();
const chapters = [];
const kept = [];

let plivo = null;
let address = null;
let customers = null;
try {
  const { status } = spawnSync(process.execPath, [join(ROOT, 'tools/build.mjs')], { stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error('this version could not be built');
  say(machine());
  say(`${await kinds.mysql.describe()}; ${await kinds.sqlite.describe()}`);
  await liveTheYear();
} finally {
  await customers?.close();
  address?.close();
  await plivo?.stop();
  killAll();
  await dropAll();
}
table([['chapter', 'seconds', 'sessions made', 'calls', 'not connected', 'seen'], ...chapters]);
for (const [what, n] of customers.seen.complaints) say(`${n} × ${what}`);
promises(kept);
say(`${((performance.now() - startedAt) / 1000).toFixed(0)} s in all`);

/** One after the other: what each leaves is what the next begins with. */
async function liveTheYear() {
  plivo = await startPlivo(FIRST_PORT, NUMBERS);
  address = await openAddress(FIRST_PORT + 1);
  customers = customersAt(address.url, plivo);
  const before = await plivo.account();
  // Kept apart from what the disk holds: the key and what the numbers had at Plivo.
  const apart = newFolder();
  const place = {
    keys: { ENCRYPTION_KEY: randomBytes(32).toString('base64') },
    folder: newFolder(),
    databaseUrl: undefined,
    apart,
    backup: join(newFolder(), 'backup'),
    servers: [],
    before,
    /** From when to when nobody was there who could have heard how a call ended. */
    gaps: [],
  };
  await chapter('set up at Plivo', () => setUp(place));
  await chapter('first calls', () => firstCalls(place));
  await chapter('backup while calls run', () => backUp(place));
  await chapter('kill -9 and loss of the disk', () => loseAll(place));
  await chapter('restore elsewhere', () => restoreElsewhere(place));
  await chapter('another key while calls run', () => rotate(place));
  await chapter('move to MariaDB', () => moveToServer(place));
  await chapter('two processes', () => twoProcesses(place));
  await chapter(`upgrade from ${PREVIOUS}, in a database of its own`, upgradeFromBefore);
  await chapter('calls that the crash cut off', () => settle(place));
  await chapter('every session once more', () => lookAtAll(place));
  await chapter('the bill', () => bill(place));
  await chapter('back at Plivo', () => goBack(place));
}

async function chapter(name, act) {
  say(`${name} ...`);
  const [beganAt, had, calls, without] = [performance.now(), ...figures()];
  const seen = await act();
  const [has, made, unconnected] = figures();
  chapters.push([
    name,
    ((performance.now() - beganAt) / 1000).toFixed(1),
    has - had,
    made - calls,
    unconnected - without,
    seen,
  ]);
}

function figures() {
  return customers === null ? [0, 0, 0] : [customers.opened(), customers.seen.calls, customers.seen.unconnected];
}

function settingsOf(place) {
  return {
    ...place.keys,
    PUBLIC_URL: address.url,
    PLIVO_API_URL: plivo.url,
    SYNC_NUMBERS: 'true',
    LOG_LEVEL: 'fatal',
    DATA_DIR: place.folder,
    PROVIDER: 'plivo',
    PLIVO_AUTH_ID: ACCOUNT.authId,
    PLIVO_AUTH_TOKEN: ACCOUNT.authToken,
    ADMIN_TOKEN,
    ...(place.databaseUrl === undefined ? {} : { DATABASE_URL: place.databaseUrl }),
  };
}

async function start(place, count = 1) {
  place.servers = [];
  for (let n = 0; n < count; n++) {
    const settings = { ...settingsOf(place), PORT: String(FIRST_PORT + 2 + n) };
    place.servers.push(await startReady({ databaseUrl: place.databaseUrl, dataFolder: place.folder, settings }));
  }
  address.leadTo(...place.servers);
}

async function stop(place) {
  await Promise.all(place.servers.map((server) => server.stop()));
  address.leadTo();
}

async function restart(place, keys) {
  const from = performance.now();
  await stop(place);
  place.keys = keys;
  await start(place);
  place.gaps.push([from, performance.now()]);
}

/** Their ends come with Plivo's records, which are read every five minutes; until then their phones count as busy. */
function cutOff(place) {
  return customers.calls.filter(({ beganAt, endedAt }) =>
    place.gaps.some(([from, to]) => beganAt <= to && endedAt >= from),
  );
}

async function setUp(place) {
  await start(place);
  const at = { ...settingsOf(place), MASKING_URL: place.servers[0].origin };
  await masking(['numbers', 'sync', '--account', ACCOUNT.authId], at);
  await masking(['plivo', 'setup', '--yes'], at);
  // Until it is read again a number that led elsewhere is lent to nobody.
  await masking(['numbers', 'sync', '--account', ACCOUNT.authId], at);
  // Not in a backup: the account at Plivo does not go back with the database.
  for (const file of readdirSync(place.folder).filter((name) => name.startsWith('plivo-before-')))
    cpSync(join(place.folder, file), join(place.apart, file));
  return `${NUMBERS.length} numbers lead here`;
}

async function firstCalls() {
  await customers.each(
    Array.from({ length: FIRST_SESSIONS }, (_, n) => n),
    async () => {
      const session = await customers.make();
      if (!session) throw new Error(JSON.stringify([...customers.seen.complaints]));
      await customers.call(session);
      await customers.call(session);
    },
  );
  return 'each called from both sides';
}

async function backUp(place) {
  const stopLiving = customers.live();
  await delay(LIVING_MS);
  place.backupFrom = performance.now();
  await masking(['backup', place.backup], settingsOf(place));
  await delay(LIVING_MS / 2);
  place.stopLiving = stopLiving;
  return `${readdirSync(place.backup).length} files`;
}

async function loseAll(place) {
  await place.servers[0].kill();
  address.leadTo();
  rmSync(place.folder, { recursive: true, force: true });
  await place.stopLiving();
  return 'nothing is left but the backup, the key, and what the numbers had at Plivo';
}

async function restoreElsewhere(place) {
  place.folder = newFolder();
  await masking(['restore', place.backup], settingsOf(place));
  cpSync(place.apart, place.folder, { recursive: true });
  await start(place);
  place.gaps.push([place.backupFrom, performance.now()]);
  const { sessions } = customers;
  const since = sessions.filter(({ madeAt, endedAt }) => Math.max(madeAt, endedAt ?? 0) >= place.backupFrom);
  let gone = 0;
  await customers.each(since, async (session) => {
    if (await customers.isTold({ ...session, endedAt: null })) {
      // It was ended after the backup: its customer ends it again.
      if (session.endedAt !== null) await customers.end(session);
      return;
    }
    if (session.endedAt !== null && (await customers.isTold(session))) return;
    gone++;
    sessions.splice(sessions.indexOf(session), 1);
    await customers.call({ ...session, endedAt: 0 });
  });
  return `${gone} sessions were opened after the backup: gone, and their callers reached nobody`;
}

async function rotate(place) {
  const next = `2:${randomBytes(32).toString('base64')}`;
  const stopLiving = customers.live();
  await restart(place, { ENCRYPTION_KEYS: `${next},1:${place.keys.ENCRYPTION_KEY}` });
  const told = JSON.parse(await masking(['keys', 'rotate', '--json'], settingsOf(place)));
  await restart(place, { ENCRYPTION_KEYS: next });
  await delay(LIVING_MS / 3);
  await stopLiving();
  kept.push({
    promise: 'the old key is needed no more',
    seen: `${told.left} left`,
    isKept: told.is_done && told.left === 0,
  });
  return 'two restarts, the old key taken out';
}

async function moveToServer(place) {
  const before = await sumOf(place.servers[0].origin);
  await stop(place);
  const url = await kinds.mysql.create();
  await masking(['move', '--to', url], settingsOf(place));
  renameSync(join(place.folder, 'masking.db'), join(place.folder, 'masking.db-moved'));
  place.databaseUrl = url;
  await start(place, 2);
  const after = await sumOf(place.servers[0].origin);
  kept.push({
    promise: 'the bill is moved to the last digit',
    seen: `${before.all / 1e6} and ${after.all / 1e6}`,
    isKept: before.text === after.text,
  });
  return 'every row compared';
}

async function twoProcesses() {
  const stopLiving = customers.live();
  await delay(LIVING_MS);
  await stopLiving();
  return 'requests and webhooks in turns';
}

/** Until Plivo's records have said how they ended; only looked at where nobody wants to wait. */
async function settle(place) {
  const open = async () =>
    (await sumOf(place.servers[0].origin)).calls.filter(({ micros }) => Number.isNaN(micros)).length;
  const first = await open();
  const until = performance.now() + (IS_PATIENT ? RECORDS_WITHIN_MS : 0);
  while ((await open()) > 0 && performance.now() < until) await delay(1_000);
  if (IS_PATIENT) place.gaps = [];
  return `${first} without an end, ${await open()} at last`;
}

async function costsAtPlivo() {
  return Promise.all((await plivo.calls()).map(async (uuid) => [uuid, await plivo.cost(uuid)]));
}

async function lookAtAll(place) {
  const { sessions } = customers;
  const living = sessions.filter(({ endedAt }) => endedAt === null);
  const waiting = new Set(cutOff(place).map(({ session }) => session));
  let [lost, other, silent, busy] = [0, 0, 0, 0];
  await customers.each(sessions, async (session) => {
    if (!(await customers.isTold(session))) lost++;
    if (session.endedAt === null) {
      const again = await customers.open(session.n);
      if (again?.id !== session.id || again.number !== session.number) other++;
    }
    const isConnected = await customers.call(session);
    if (session.endedAt !== null || isConnected) return;
    if (waiting.has(session)) busy++;
    else silent++;
  });
  const { wrong, calls } = customers.seen;
  kept.push(
    { promise: 'no acknowledged session is lost', seen: `${lost} of ${sessions.length}`, isKept: lost === 0 },
    {
      promise: 'the same two people get the same session and number',
      seen: `${other} of ${living.length} another`,
      isKept: other === 0,
    },
    { promise: 'every living session connects', seen: `${silent} of ${living.length} not`, isKept: silent === 0 },
    {
      promise: 'each call reaches its other party and nobody else',
      seen: `${wrong} of ${calls} wrong`,
      isKept: wrong === 0,
    },
  );
  return `${living.length} living, ${sessions.length - living.length} ended; ${busy} hear that a call is on, which the crash or a restart has cut off`;
}

async function bill(place) {
  const there = new Map(await costsAtPlivo());
  const here = await sumOf(place.servers[0].origin);
  const waiting = new Set(cutOff(place).map(({ uuid }) => uuid));
  const different = here.calls.filter(({ uuid, micros }) => there.get(uuid) !== micros);
  const wrong = different.filter(({ uuid }) => !waiting.has(uuid)).length;
  const sum = here.calls.reduce((total, { micros, isOfSession }) => total + (isOfSession ? micros || 0 : 0), 0);
  kept.push(
    {
      promise: 'each call costs here what it costs at Plivo',
      seen: `${wrong} of ${here.calls.length} differ`,
      isKept: wrong === 0,
    },
    {
      promise: 'the calls of sessions add up to their bill',
      seen: `${here.ofSessions / 1e6} and ${sum / 1e6}`,
      isKept: here.ofSessions === sum,
    },
  );
  return `${different.length} wait for Plivo's record; ${there.size - here.calls.length} stand at Plivo alone`;
}

async function goBack(place) {
  await masking(['plivo', 'restore', '--yes'], settingsOf(place));
  const isSame = (await plivo.account()) === place.before;
  await stop(place);
  kept.push({
    promise: 'the account at Plivo is what it was',
    seen: isSame ? 'every byte' : 'it differs',
    isKept: isSame,
  });
  return 'applications and numbers compared';
}

/** The version before is built once, from this repository's history, with the packages of its own time; that takes a minute. */
async function upgradeFromBefore() {
  const folder = join(tmpdir(), `masking-${PREVIOUS}`);
  if (!existsSync(join(folder, 'dist/src/main.js'))) {
    mkdirSync(folder, { recursive: true });
    const archive = spawnSync('git', ['-C', ROOT, 'archive', PREVIOUS], { maxBuffer: 1e9 });
    const unpacked = spawnSync('tar', ['-x', '-C', folder], { input: archive.stdout });
    if (archive.status !== 0 || unpacked.status !== 0) throw new Error(`${PREVIOUS} is not in this repository`);
    spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder });
    spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], {
      cwd: folder,
    });
  }
  const child = spawn(process.execPath, [join(ROOT, 'bench/upgrade.mjs'), folder, '5', '100'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (chunk) => (text += chunk));
  const code = await new Promise((resolve) => child.once('close', resolve));
  process.stdout.write(text);
  kept.push({ promise: 'the upgrade keeps its promises', seen: `exit code ${code}`, isKept: code === 0 });
  return 'its own table stands above';
}
