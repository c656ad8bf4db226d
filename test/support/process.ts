import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createServer, type AddressInfo } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import type { RequestOptions, Service } from './service.js';

export const AUTH_ID = 'MATESTTESTTESTTEST00';
export const AUTH_TOKEN = 'test-token-of-the-first-account-0001';
export const ADMIN_TOKEN = 'test-admin-token-0001';

const DIST = new URL('../../dist/', import.meta.url).pathname;
const BUILD = new URL('../../tools/build.mjs', import.meta.url).pathname;
const READY_WITHIN_MS = 20_000;

/** The compiled service, or another program of ours, as a process of its own, to be killed, stopped and started again. */
export interface ServiceProcess {
  baseUrl: string;
  child: ChildProcess;
  /** What it wrote so far, both streams. */
  output: () => string;
  /** kill -9 and wait until it is gone. */
  kill: () => Promise<void>;
  /** A signal; resolves with the exit code. */
  stop: (signal?: NodeJS.Signals) => Promise<number | null>;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export async function temporaryFolder(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'masking-test-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** Settings under which several processes are one service: same keys, same account, same database. */
export function sharedSettings(databaseUrl: string, dataDir: string): Record<string, string> {
  return {
    DATABASE_URL: databaseUrl,
    DATA_DIR: dataDir,
    PLIVO_AUTH_ID: AUTH_ID,
    PLIVO_AUTH_TOKEN: AUTH_TOKEN,
    PROVIDER: 'simulator',
    ADMIN_TOKEN,
    ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    SYNC_NUMBERS: 'false',
    LOG_LEVEL: 'warn',
    // Some facts send more.
    RATE_LIMIT: 'off',
  };
}

/** Starts the service and waits until it answers; `at`: on this port, as one that was killed there. */
export async function startProcess(settings: Record<string, string>, at?: number): Promise<ServiceProcess> {
  const port = at ?? (await freePort());
  const service = spawnService({ ...settings, PORT: String(port) }, [], `http://127.0.0.1:${port}`);
  const deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    // Not asked before it says so: a machine with two cores has better to do while it starts.
    if (service.output().includes('Try it:') && (await isReady(service.baseUrl))) return service;
    if (service.child.exitCode !== null || Date.now() > deadline) {
      await service.kill();
      throw new Error(`the service did not start:\n${service.output()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function isReady(baseUrl: string): Promise<boolean> {
  return request(`${baseUrl}/readyz`).then(
    async (answer) => {
      await answer.body.dump();
      return answer.statusCode === 200;
    },
    () => false,
  );
}

let isBuilt = false;

/** The processes run what `src` says now, also where one spec is run by itself; a tenth of a second when nothing has changed. */
export function build(): void {
  if (isBuilt) return;
  const { status, stderr } = spawnSync(process.execPath, [BUILD], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the service could not be built:\n${stderr}`);
  isBuilt = true;
}

/** Starts the service and does not wait. */
export function spawnService(settings: Record<string, string>, args: string[] = [], baseUrl = ''): ServiceProcess {
  return spawnProgram('bin/main.js', settings, { args, baseUrl });
}

/** Starts the simulated Plivo alone and waits until it says how it is reached. */
export async function startSimulator(settings: Record<string, string>): Promise<ServiceProcess> {
  const port = settings['PORT'] ?? String(await freePort());
  const baseUrl = `http://127.0.0.1:${port}`;
  const simulator = spawnProgram('src/simulator/main.js', { ...settings, PORT: port }, { baseUrl });
  const deadline = Date.now() + READY_WITHIN_MS;
  while (!simulator.output().includes('A service that uses it:')) {
    if (simulator.child.exitCode !== null || Date.now() > deadline) {
      await simulator.kill();
      throw new Error(`the simulated Plivo did not start:\n${simulator.output()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return simulator;
}

const running = new Set<ChildProcess>();
// What a fact that failed has left behind would take its share of the processor from every later one.
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts a program, a file below dist, and does not wait. */
export function spawnProgram(
  entry: string,
  settings: Record<string, string>,
  { args = [], baseUrl = '' }: { args?: string[]; baseUrl?: string } = {},
): ServiceProcess {
  build();
  const child = spawn(process.execPath, [DIST + entry, ...args], {
    env: { PATH: process.env.PATH ?? '', ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  running.add(child);
  const gone = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  void gone.then(() => running.delete(child));
  const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> => {
    child.kill(signal);
    return gone;
  };
  return { baseUrl, child, output: () => text, kill: async () => void (await stop('SIGKILL')), stop };
}

/** A REST client of the service; keeps its connections, as customers do. */
export function clientOf(connections = 64) {
  const agent = new Agent({ connections, pipelining: 1 });
  const send = async (
    url: string,
    options: { method?: 'GET' | 'POST' | 'DELETE' | 'PATCH'; body?: unknown; headers?: Record<string, string> } = {},
  ) => {
    const answer = await request(url, {
      dispatcher: agent,
      method: options.method ?? (options.body === undefined ? 'GET' : 'POST'),
      headers: { 'content-type': 'application/json', ...options.headers },
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    });
    const text = await answer.body.text();
    return { status: answer.statusCode, body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown> };
  };
  const basic = { authorization: `Basic ${Buffer.from(`${AUTH_ID}:${AUTH_TOKEN}`).toString('base64')}` };
  const bearer = { authorization: `Bearer ${ADMIN_TOKEN}` };
  return {
    /** Whatever is asked of another server than the service; as a suite's service asks. */
    ask:
      (baseUrl: string): Service['request'] =>
      async <Body>(path: string, { method = 'GET', body }: RequestOptions = {}) => {
        const answer = await send(baseUrl + path, { method: method as 'GET', body });
        return { status: answer.status, headers: {}, text: JSON.stringify(answer.body), body: answer.body as Body };
      },
    create: (baseUrl: string, body: Record<string, unknown>, headers: Record<string, string> = {}) =>
      send(`${baseUrl}/v1/Account/${AUTH_ID}/Masking/Session/`, { body, headers: { ...basic, ...headers } }),
    get: (baseUrl: string, uuid: string) =>
      send(`${baseUrl}/v1/Account/${AUTH_ID}/Masking/Session/${uuid}/`, { headers: basic }),
    end: (baseUrl: string, uuid: string) =>
      send(`${baseUrl}/v1/Account/${AUTH_ID}/Masking/Session/${uuid}/`, { method: 'DELETE', headers: basic }),
    admin: (baseUrl: string, path: string, body?: unknown) =>
      send(`${baseUrl}/admin${path}`, { body, headers: bearer }),
    close: () => agent.close(),
  };
}
