import 'reflect-metadata';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DEMO_AUTH_ID } from './accounts/index.js';
import { createApp, startWork } from './app.js';
import { isBehind, migrate, openDatabase } from './data-source.js';
import { Draining } from './health/index.js';
import { CountNumbers } from './number-pool/index.js';
import { banner } from './banner.js';
import { KeptAdvance } from './simulator/index.js';
import { Clock } from './platform/clock.js';
import { describeDatabase } from './platform/database/describe-database.js';
import { ownSqlite } from './platform/database/own-sqlite.js';
import { ownerInWords } from './platform/processes/owner-in-words.js';
import { Processes } from './platform/processes/processes.js';
import { packageVersion } from './platform/version.js';
import { ConfigProblems, readConfig, type Config } from './platform/settings/config.js';
import { openDataFolder } from './platform/settings/data-folder.js';
import { Jobs } from './platform/jobs/jobs.js';
import { createLogger } from './platform/logging/logger.js';
import type { Ground } from './platform/platform.module.js';

const EXIT_CONFIG = 3;
const EXIT_MIGRATIONS_PENDING = 5;
/** Requests and jobs get this long at a stop; what is left loses its lease and runs elsewhere. */
const STOP_LIMIT_MS = 9_000;

run().catch((error: unknown) => {
  if (error instanceof ConfigProblems) {
    process.stderr.write(`${error.message}\n`);
    process.exit(EXIT_CONFIG);
  }
  process.stderr.write(`The service could not start: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});

async function run(): Promise<void> {
  const ground = await layGround();
  if (process.argv[2] === 'migrate') {
    await ground.dataSource.destroy();
    return;
  }
  const app = await createApp(ground);
  // Whoever keeps leases has said so by then.
  await app.init();
  await app.get(Processes).start();
  await app.listen(ground.config.http.port, ground.config.http.host);
  stopOnSignal(app, ground);
  await startWork(app, ground);
  await greet(app, ground);
}

async function layGround(): Promise<Ground> {
  const config = readConfig(await withRealPort(process.env));
  const secrets = openDataFolder(config);
  const log = createLogger(config.log);
  const dataSource = await openDatabase(config.database);
  if (process.argv[2] !== 'migrate') await refuseSecond(config.database, dataSource);
  const isPending = config.migrate !== 'off' && (await isBehind(dataSource));
  if (isPending && config.migrate === 'check' && process.argv[2] !== 'migrate') {
    process.stderr.write('The database is behind this version: run "npm run migrate", then start again.\n');
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
async function refuseSecond(database: Config['database'], dataSource: DataSource): Promise<void> {
  if (database.kind !== 'sqlite' || database.file === ':memory:' || ownSqlite(database.file)) return;
  process.stderr.write(
    `Another process serves ${describeDatabase(database)}: ${await ownerInWords(dataSource)}. ` +
      'SQLite is for one process: stop that one and start again, or use MySQL or MariaDB (DATABASE_URL) to run several.\n',
  );
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

async function greet(app: NestFastifyApplication, { config, secrets, clock }: Ground): Promise<void> {
  const account = config.provider.firstAccount;
  const authId = account?.authId ?? DEMO_AUTH_ID;
  process.stdout.write(
    banner({
      version: packageVersion(),
      provider: config.provider.kind,
      readyInMs: performance.now(),
      publicUrl: config.http.publicUrl,
      authId,
      authToken: account ? null : secrets.demoAuthToken,
      adminToken: config.adminToken === null ? secrets.adminToken : null,
      database: describeDatabase(config.database),
      numbers: await app.get(CountNumbers).run(authId),
      clockAheadMs: clock.aheadMs,
    }),
  );
}

/**
 * SIGTERM: readiness off, still serving for SHUTDOWN_DELAY_MS until balancers have noticed, then requests finished, jobs drained, pool closed, within
 * 10 s. A second signal ends at once.
 */
function stopOnSignal(app: NestFastifyApplication, { log, config }: Ground): void {
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
    await app.close();
    log.info('service.stopped', {});
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal));
}
