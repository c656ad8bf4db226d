import 'reflect-metadata';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DEMO_AUTH_ID, VerifyEncryptionKey } from './accounts/index.js';
import { createApp, startWork } from './app.js';
import { isBehind, migrate } from './data-source.js';
import { Examination } from './doctor/index.js';
import { Draining } from './health/index.js';
import { DatabaseRefused, openInstallation } from './open-installation.js';
import { CountNumbers } from './number-pool/index.js';
import { banner, readyFields } from './banner.js';
import { KeptAdvance } from './simulator/index.js';
import { Clock } from './platform/clock.js';
import { describeDatabase } from './platform/database/describe-database.js';
import { ownSqlite } from './platform/database/own-sqlite.js';
import { ownerInWords } from './platform/processes/owner-in-words.js';
import { Processes } from './platform/processes/processes.js';
import { packageVersion } from './platform/version.js';
import { MOST_TO_ACCEPT } from './platform/http/http-edge.js';
import { stopAccepting } from './platform/http/stop-accepting.js';
import { ConfigProblems, localUrl, readConfig, type Config } from './platform/settings/config.js';
import { Jobs } from './platform/jobs/jobs.js';
import { createLogger } from './platform/logging/logger.js';
import { logWhatNodeSays, tellTrouble } from './platform/logging/tell-trouble.js';
import type { Ground } from './platform/platform.module.js';

const MADE_ANEW =
  'there was no database at this place, and DATA_DIR has the key of an earlier start: where one is lost, stop, and put it back from a backup';
const EXIT_CONFIG = 3;
const EXIT_MIGRATIONS_PENDING = 5;
/** Requests and jobs get this long at a stop; what is left loses its lease and runs elsewhere. */
const STOP_LIMIT_MS = 9_000;

/** The service; with `migrate` as its argument it brings the database up to date and ends. */
export function start(env: NodeJS.ProcessEnv, [task]: readonly string[]): void {
  run(env, task === 'migrate').catch((error: unknown) => {
    if (error instanceof ConfigProblems) {
      tellTrouble('settings.refused', error.message, env);
      process.exit(EXIT_CONFIG);
    }
    const reason = error instanceof Error ? error.message : String(error);
    tellTrouble('service.not-started', `The service could not start: ${reason}`, env);
    process.exit(error instanceof DatabaseRefused ? error.exitCode : 1);
  });
}

async function run(env: NodeJS.ProcessEnv, isMigration: boolean): Promise<void> {
  const ground = await layGround(env, isMigration);
  if (isMigration) {
    await ground.dataSource.destroy();
    return;
  }
  const endTraces = await beginTraces(ground);
  const app = await createApp(ground);
  // Whoever keeps leases has said so by then.
  await app.init();
  await app.get(Processes).start();
  // Again: a rotation that ended meanwhile has not seen that this process seals.
  await app.get(VerifyEncryptionKey).run();
  const { port, host } = ground.config.http;
  await app.listen({ port, host, backlog: MOST_TO_ACCEPT });
  stopOnSignal(app, ground, endTraces);
  await startWork(app, ground);
  await greet(app, ground);
}

async function beginTraces({ config, log }: Ground): Promise<(() => Promise<void>) | null> {
  if (config.tracesEndpoint === null) return null;
  const { exportTraces } = await import('./platform/tracing/export-traces.js');
  return exportTraces(config.tracesEndpoint, (reason) => log.warn('traces.not-sent', { reason }));
}

async function layGround(env: NodeJS.ProcessEnv, isMigration: boolean): Promise<Ground> {
  const config = readConfig(await withRealPort(env));
  const { secrets, dataSource, isMadeAnew } = await openInstallation(config);
  const log = createLogger(config.log);
  logWhatNodeSays(log);
  if (isMadeAnew) log.warn('database.made-anew', { database: describeDatabase(config.database), remedy: MADE_ANEW });
  if (!isMigration) await refuseSecond(config.database, dataSource, env);
  const isPending = config.migrate !== 'off' && (await isBehind(dataSource));
  if (isPending && config.migrate === 'check' && !isMigration) {
    const words = 'The database is behind this version: run "npm run migrate", then start again.';
    tellTrouble('migrations.pending', words, env);
    process.exit(EXIT_MIGRATIONS_PENDING);
  }
  if (isPending) await migrate(dataSource);
  return { config, secrets, log, clock: clockOf(config), dataSource };
}

/** The simulator's clock goes on from where somebody has moved it. Beside the real Plivo nobody moves any. */
function clockOf({ provider, dataDir }: Config): Clock {
  const clock = new Clock();
  if (provider.kind === 'simulator') clock.advance(new KeptAdvance(dataDir).read());
  return clock;
}

/** Two would answer calls from what each remembers of one file, and wait for each other's writes. */
async function refuseSecond(
  database: Config['database'],
  dataSource: DataSource,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  if (database.kind !== 'sqlite' || database.file === ':memory:' || ownSqlite(database.file)) return;
  const words =
    `Another process serves ${describeDatabase(database)}: ${await ownerInWords(dataSource)}. ` +
    'SQLite is for one process: stop that one and start again, or use MySQL or MariaDB (DATABASE_URL) to run several.';
  tellTrouble('database.taken', words, env);
  process.exit(1);
}

/** PORT=0 asks for any free port; the URLs that we hand out must know it before the listener does. */
async function withRealPort(env: NodeJS.ProcessEnv): Promise<NodeJS.ProcessEnv> {
  if (env.PORT !== '0') return env;
  const probe = createServer().listen(0);
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return { ...env, PORT: String(port) };
}

async function greet(app: NestFastifyApplication, { config, secrets, clock, log }: Ground): Promise<void> {
  const account = config.provider.firstAccount;
  const authId = account?.authId ?? DEMO_AUTH_ID;
  const facts = {
    version: packageVersion(),
    provider: config.provider.kind,
    readyInMs: performance.now(),
    publicUrl: config.http.publicUrl,
    operatorsUrl: config.http.operators && localUrl(config.http.operators),
    authId,
    database: describeDatabase(config.database),
    numbers: await app.get(CountNumbers).run(authId),
    clockAheadMs: clock.aheadMs,
    troubles: await app.get(Examination).watch(),
  };
  log.info('service.ready', readyFields(facts, config.role));
  if (config.log.isStrict) return;
  const authToken = account ? null : secrets.demoAuthToken;
  const adminToken = config.adminToken === null ? secrets.adminToken : null;
  process.stdout.write(banner({ ...facts, authToken, adminToken }));
}

/**
 * SIGTERM: readiness off, still serving for SHUTDOWN_DELAY_MS until balancers have noticed, then jobs drained, nobody more accepted, requests finished,
 * pool closed, within 10 s. A second signal ends at once.
 */
function stopOnSignal(
  app: NestFastifyApplication,
  { log, config }: Ground,
  endTraces: (() => Promise<void>) | null,
): void {
  let isStopping = false;
  const stop = async (signal: string): Promise<void> => {
    if (isStopping) process.exit(1);
    isStopping = true;
    log.info('service.stopping', { signal });
    const { shutdownDelayMs } = config.http;
    setTimeout(() => process.exit(1), shutdownDelayMs + STOP_LIMIT_MS).unref();
    app.get(Draining).start();
    await delay(shutdownDelayMs);
    await app.get(Jobs).stop(STOP_LIMIT_MS / 2);
    // Without the delay nobody in front of it is waited for.
    if (shutdownDelayMs > 0) await stopAccepting(app.getHttpServer() as Server);
    await app.close();
    await endTraces?.();
    log.info('service.stopped', {});
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal));
}
