import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ACCOUNT, ADMIN_TOKEN, VIRTUAL_NUMBERS } from './requests.mjs';

const MAIN = fileURLToPath(new URL('../dist/bin/main.js', import.meta.url));
/** The recorder stands in front of drivers in `node_modules`; the bundle has its own. */
const RECORDED = fileURLToPath(new URL('../dist/src/main.js', import.meta.url));
const BARE = fileURLToPath(new URL('bare-server.mjs', import.meta.url));
const RECORDER = new URL('record-statements.mjs', import.meta.url).href;
const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 15_000;
/** Of /proc/<pid>/stat on every Linux that Node runs on. */
const TICK_MICROS = 10_000;

const running = new Set();

/**
 * The service as an operator starts it, with its logger at `warn`. Nothing of this process's own environment reaches it. `main` is another build's.
 */
export function startService({
  databaseUrl,
  dataFolder,
  isRecorded = false,
  main = isRecorded ? RECORDED : MAIN,
  settings = {},
}) {
  return start(main, isRecorded, {
    ...(databaseUrl ? { DATABASE_URL: databaseUrl } : {}),
    DATA_DIR: dataFolder,
    LOG_LEVEL: 'warn',
    // The simulator's account would have an inbox to tell every call to.
    PROVIDER: 'plivo',
    PLIVO_API_URL: 'http://127.0.0.1:9',
    PLIVO_AUTH_ID: ACCOUNT.authId,
    PLIVO_AUTH_TOKEN: ACCOUNT.authToken,
    ADMIN_TOKEN,
    SYNC_NUMBERS: 'false',
    // As with the simulator: what a cap costs is no part of a request without one.
    DEFAULT_ALLOWED_COUNTRIES: 'all',
    MAX_REQUESTED_CALLS_PER_DAY: 'off',
    MAX_DESTINATIONS_PER_DAY: 'off',
    RATE_LIMIT: 'off',
    ...settings,
  });
}

export function startBare({ databaseUrl, isRecorded = false }) {
  return start(BARE, isRecorded, { DATABASE_URL: databaseUrl });
}

async function start(file, isRecorded, settings) {
  // One that a proxy knows is started again where it was.
  const port = settings.PORT === undefined ? await freePort() : Number(settings.PORT);
  const env = { PATH: process.env.PATH, PORT: String(port), ...settings };
  const preload = isRecorded ? ['--import', RECORDER] : [];
  const spawnedAt = performance.now();
  const child = spawn(process.execPath, [...preload, file], { env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  running.add(child);
  const exited = once(child, 'exit').then(() => running.delete(child));
  const printed = watchOutput(child, spawnedAt);
  // Killed it has no code, told to stop it has 0; whatever else ends it is worth knowing.
  child.once('exit', (code) => code && process.stderr.write(`a server ended with ${code}: ${printed.errors}\n`));
  await listening(port, child, printed);
  const server = {
    origin: `http://127.0.0.1:${port}`,
    pid: child.pid,
    listeningMs: performance.now() - spawnedAt,
    bannerMs: () => printed.bannerMs,
    async stop() {
      child.kill('SIGTERM');
      const isGone = await Promise.race([exited, delay(STOP_LIMIT_MS, null, { ref: false })]);
      if (isGone === null) child.kill('SIGKILL');
      await exited;
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
    async takeStatements() {
      child.send('take-statements');
      const [{ statements }] = await once(child, 'message');
      return statements;
    },
  };
  return server;
}

export async function onServer(starting, work) {
  const server = await starting;
  try {
    return await work(server);
  } finally {
    await server.stop();
  }
}

/** Adds the pool through the operators' API. */
export async function addNumbers(origin, account = ACCOUNT, numbers = VIRTUAL_NUMBERS) {
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' };
  for (const number of numbers) {
    const body = JSON.stringify({ account: account.authId, number: `+${number}` });
    const answer = await fetch(`${origin}/admin/numbers`, { method: 'POST', headers, body });
    if (answer.status !== 201) throw new Error(`adding a number: ${answer.status} ${await answer.text()}`);
    await answer.arrayBuffer();
  }
}

export function killAll() {
  for (const child of running) child.kill('SIGKILL');
}

/** Processor time of all its threads so far; null where there is no /proc. */
export function cpuMicros(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the command in brackets and may hold spaces.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * TICK_MICROS;
  } catch {
    return null;
  }
}

export function rssMegabytes(pid) {
  return megabytesOf(pid, /^VmRSS:\s+(\d+) kB/m);
}

/** The most that has been resident so far. */
export function peakMegabytes(pid) {
  return megabytesOf(pid, /^VmHWM:\s+(\d+) kB/m);
}

function megabytesOf(pid, line) {
  try {
    const [, kilobytes] = line.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kilobytes === undefined ? null : Number(kilobytes) / 1024;
  } catch {
    return null;
  }
}

function watchOutput(child, spawnedAt) {
  const printed = { bannerMs: null, errors: '' };
  child.stdout.on('data', (chunk) => {
    if (printed.bannerMs === null && String(chunk).includes('ready in'))
      printed.bannerMs = performance.now() - spawnedAt;
  });
  child.stderr.on('data', (chunk) => {
    printed.errors = (printed.errors + String(chunk)).slice(-2000);
  });
  return printed;
}

async function listening(port, child, printed) {
  const deadline = performance.now() + START_LIMIT_MS;
  while (!(await accepts(port))) {
    if (child.exitCode !== null) throw new Error(`the server ended at its start: ${printed.errors}`);
    if (performance.now() > deadline) throw new Error(`the server does not listen: ${printed.errors}`);
    await delay(3);
  }
}

function accepts(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
