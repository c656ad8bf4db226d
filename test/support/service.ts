import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { DataSource } from 'typeorm';
import { Pool } from 'undici';
import { createApp, startWork } from '../../src/app.js';
import { openDatabase } from '../../src/data-source.js';
import { Clock } from '../../src/platform/clock.js';
import { readConfig } from '../../src/platform/settings/config.js';
import { openDataFolder } from '../../src/platform/settings/data-folder.js';
import { Jobs } from '../../src/platform/jobs/jobs.js';
import { createLogger } from '../../src/platform/logging/logger.js';
import { signV3 } from '../../src/plivo/index.js';
import { migrateByCopy } from './copied-schema.js';
import { createDatabase, databaseKinds, type TestDatabase } from './database.js';
import { judgeOf } from './described.js';

export interface Answer<Body = Record<string, unknown>> {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  /** The text read as JSON; an empty object when it is none. */
  body: Body;
}

export interface RequestOptions {
  method?: string;
  headers?: Record<string, string>;
  /** Objects are sent as JSON, texts and bytes as they are; all with the JSON type unless `headers` names another. */
  body?: unknown;
  /** Auth ID and token; the account's own when left out, none with null. */
  as?: { authId: string; authToken: string } | null;
}

export interface WebhookOptions {
  /** Whose path it comes to. */
  authId?: string;
  token?: string;
  nonce?: string;
  headers?: Record<string, string>;
}

/** A route as the router knows it. */
export interface Route {
  method: string;
  url: string;
}

/** The whole service in this process, on a port of its own. */
export interface Service {
  kind: TestDatabase['kind'];
  baseUrl: string;
  authId: string;
  authToken: string;
  adminToken: string;
  app: NestFastifyApplication;
  clock: Clock;
  /** When it was started, by its clock. */
  startedAt: number;
  /** Removed with the service. A SQLite file lies elsewhere. */
  dataDir: string;
  dataSource: DataSource;
  /** Every route that the service answers, HEAD left out. */
  routes: Route[];
  /** Everything logged until now, one JSON object a line. */
  logs(): string;
  /** The path goes out as written: doubled slashes and bare question marks survive. Fails where the answer is not as the OpenAPI document says. */
  request<Body = Record<string, unknown>>(path: string, options?: RequestOptions): Promise<Answer<Body>>;
  /** A request below `/v1/Account/{auth_id}/Masking/Session`. */
  sessions<Body = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    options?: Omit<RequestOptions, 'method' | 'body'>,
  ): Promise<Answer<Body>>;
  admin<Body = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<Answer<Body>>;
  /** What Plivo posts to a path below `/plivo/{auth_id}`, signed; `headers` replace the signature's. */
  webhook(path: string, params: Record<string, string>, options?: WebhookOptions): Promise<Answer>;
  /** The same with parameters that may be repeated. */
  webhookList(path: string, params: [string, string][], options?: WebhookOptions): Promise<Answer>;
  /** Bytes on a connection of their own, and all that comes back until it is closed. */
  raw(bytes: string | Buffer): Promise<string>;
  /** Puts numbers into the account's pool, in this order. */
  addNumbers(numbers: string[], subaccount?: string): Promise<void>;
  /** One more account, which has nothing. */
  addAccount(authId: string): Promise<void>;
  close(): Promise<void>;
}

export interface ServiceOptions {
  settings?: Record<string, string>;
  clock?: Clock;
}

export const AUTH_ID = 'MASERVICETESTTEST000';
export const SESSIONS = `/v1/Account/${AUTH_ID}/Masking/Session`;

/** Some files start a dozen services, each of which drops its database at the end. */
const CLOSED_WITHIN_MS = 120_000;

/** Repeats the facts with the service on each database; `start` boots one on a fresh database, stopped when the facts are done. */
export function describeOnEachService(
  name: string,
  facts: (start: (options?: ServiceOptions) => Promise<Service>, kind: TestDatabase['kind']) => void,
  kinds: readonly TestDatabase['kind'][] = databaseKinds,
): void {
  describe.each(kinds)(`${name} (%s)`, (kind) => {
    const closers: (() => Promise<void>)[] = [];
    afterAll(async () => {
      for (const close of closers.splice(0).toReversed()) await close();
    }, CLOSED_WITHIN_MS);
    facts(async (options = {}) => {
      const { url, drop } = await createDatabase(kind);
      closers.push(drop);
      const service = await startService({ url, ...options });
      closers.push(() => service.close());
      return service;
    }, kind);
  });
}

/** Boots the service as main.ts does: real account, no simulator, no numbers, log lines kept in memory at the most talkative level. */
export async function startService({
  url,
  settings = {},
  clock = new Clock(),
}: ServiceOptions & { url: string }): Promise<Service> {
  const dataDir = mkdtempSync(join(tmpdir(), 'masking-test-'));
  const startedAt = clock.now();
  const { port, release } = await reservePort();
  const authToken = settings['PLIVO_AUTH_TOKEN'] ?? `a${randomBytes(20).toString('hex').slice(1)}`;
  const adminToken = settings['ADMIN_TOKEN'] ?? randomBytes(20).toString('hex');
  const baseUrl = `http://127.0.0.1:${port}`;
  const config = readConfig(
    {
      PORT: String(port),
      PUBLIC_URL: baseUrl,
      DATABASE_URL: url,
      DATA_DIR: dataDir,
      ...(settings['PROVIDER'] === 'simulator' ? {} : { SYNC_NUMBERS: 'false' }),
      PLIVO_AUTH_ID: AUTH_ID,
      PLIVO_AUTH_TOKEN: authToken,
      ADMIN_TOKEN: adminToken,
      LOG_LEVEL: 'trace',
      LOG_FORMAT: 'json',
      // Most facts have parties in more countries than numbers.
      DEFAULT_ALLOWED_COUNTRIES: 'all',
      // Some facts send more.
      RATE_LIMIT: 'off',
      ...settings,
    },
    false,
  );
  const lines: string[] = [];
  const log = createLogger(config.log, { write: (line: string) => void lines.push(line) });
  const dataSource = await openDatabase(config.database);
  await migrateByCopy(dataSource);
  const ground = { config, secrets: openDataFolder(config), log, clock, dataSource };
  const app = await createApp(ground).catch(async (error: unknown) => {
    await dataSource.destroy();
    throw error;
  });
  const routes = gatherRoutes(app);
  await release();
  await app.listen(port, '127.0.0.1');
  await startWork(app, ground);

  const pool = new Pool(baseUrl, { connections: 32 });
  const judge = judgeOf(app);
  const asked = askedBy(pool, { authId: AUTH_ID, authToken });
  const request: Service['request'] = async <Body>(path: string, options: RequestOptions = {}) => {
    const answer = await asked<Body>(path, options);
    const complaint = judge(options.method ?? 'GET', path, answer);
    if (complaint !== null) throw new Error(complaint);
    return answer;
  };
  const admin: Service['admin'] = (method, path, body) =>
    request(`/admin${path}`, { method, body, as: null, headers: { authorization: `Bearer ${adminToken}` } });
  const webhookList: Service['webhookList'] = (
    path,
    list,
    { authId = AUTH_ID, token = authToken, nonce = randomBytes(10).toString('hex'), headers = {} } = {},
  ) => {
    const target = `/plivo/${authId}${path}`;
    const signature = signV3({ method: 'POST', url: baseUrl + target, params: list, nonce, token });
    return request(target, {
      method: 'POST',
      as: null,
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-plivo-signature-v3': signature,
        'x-plivo-signature-v3-nonce': nonce,
        ...headers,
      },
      body: new URLSearchParams(list).toString(),
    });
  };
  return {
    kind: dataSource.options.type === 'better-sqlite3' ? 'sqlite' : 'mysql',
    baseUrl,
    authId: AUTH_ID,
    authToken,
    adminToken,
    app,
    clock,
    startedAt,
    dataDir,
    dataSource,
    routes,
    logs: () => lines.join(''),
    request,
    sessions: (method, path, body, options) => request(SESSIONS + path, { ...options, method, body }),
    admin,
    webhook: (path, params, options) => webhookList(path, Object.entries(params), options),
    webhookList,
    raw: (bytes) => exchange(port, bytes),
    addNumbers: async (numbers, subaccount) => {
      for (const number of numbers) {
        const added = await admin('POST', '/numbers', { account: AUTH_ID, number: `+${number}`, subaccount });
        if (added.status !== 201) throw new Error(`expected number ${number} to be added, got ${added.text}`);
      }
    },
    addAccount: async (authId) => {
      const at = { name: 'One more', plivo_auth_id: authId, plivo_auth_token: 'x'.repeat(40) };
      const added = await admin('POST', '/accounts', { auth_id: authId, ...at });
      if (added.status !== 201) throw new Error(`expected account ${authId} to be added, got ${added.text}`);
    },
    close: async () => {
      await pool.close();
      await app.get(Jobs).stop(1000);
      await app.close();
      if (dataSource.isInitialized) await dataSource.destroy();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Requests to whatever the pool leads to. */
export function askedBy(pool: Pool, self: { authId: string; authToken: string }): Service['request'] {
  return async <Body>(path: string, { method = 'GET', headers = {}, body, as = self }: RequestOptions = {}) => {
    const answer = await pool.request({
      path,
      method: method as 'GET',
      headers: {
        ...(as === null ? {} : { authorization: basic(as) }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
    });
    const text = await answer.body.text();
    return { status: answer.statusCode, headers: answer.headers, text, body: parsed(text) as Body };
  };
}

async function exchange(port: number, bytes: string | Buffer): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.on('data', (data: Buffer) => (answer += data.toString('latin1')));
  socket.on('error', () => undefined);
  socket.write(bytes);
  await once(socket, 'close');
  return answer;
}

export function basic({ authId, authToken }: { authId: string; authToken: string }): string {
  return `Basic ${Buffer.from(`${authId}:${authToken}`).toString('base64')}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

/** Held until the moment of listening, because every connection of this machine takes a port too. */
async function reservePort(): Promise<{ port: number; release: () => Promise<void> }> {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const { port } = holder.address() as AddressInfo;
  return { port, release: () => new Promise((resolve) => holder.close(() => resolve())) };
}

/** Controllers are registered when the application begins to listen. */
function gatherRoutes(app: NestFastifyApplication): Route[] {
  const routes: Route[] = [];
  const instance = app.getHttpAdapter().getInstance() as FastifyInstance;
  instance.addHook('onRoute', ({ method, url }) => {
    for (const each of [method].flat()) if (each !== 'HEAD') routes.push({ method: each, url });
  });
  return routes;
}
