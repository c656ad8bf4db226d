import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import {
  AccountGuard,
  Accounts,
  AccountSettings,
  DEMO_AUTH_ID,
  EnsureFirstAccount,
  VerifyEncryptionKey,
  WebhookTokens,
} from './accounts/index.js';
import { AdminGuard, maskAdminAnswers } from './admin/index.js';
import { AppModule } from './app.module.js';
import { ShedAnswers } from './call-routing/index.js';
import { describeCallbacks } from './callbacks/index.js';
import { closeWhileDraining, Draining, watchHttp } from './health/index.js';
import { EnqueueNumberSync, SyncNumbers } from './number-pool/index.js';
import { publishPages } from './pages/index.js';
import { Scheduler } from './scheduler/index.js';
import { Database } from './platform/database/database.js';
import { admitFirst } from './platform/http/admit-first.js';
import { createHttpAdapter } from './platform/http/http-edge.js';
import { OperatorsListener } from './platform/http/operators-listener.js';
import { Jobs } from './platform/jobs/jobs.js';
import { Metrics } from './platform/metrics.js';
import { serveProbesOnly } from './platform/http/probes-only.js';
import { NestLog } from './platform/logging/nest-log.js';
import { publishOpenApi } from './platform/openapi/publish.js';
import { publishErrorList } from './platform/http/error-list.js';
import { publishSdkFiles } from './platform/http/sdk-files.js';
import { packageVersion } from './platform/version.js';
import { PlivoSignatureGuard } from './plivo/index.js';
import type { Ground } from './platform/platform.module.js';

const REMEMBERED_ACCOUNTS = 1000;
const READ_AT_ONCE = 16;

/** Builds the service on a migrated database, ready to listen. */
export async function createApp(ground: Ground): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.register(ground),
    createHttpAdapter(ground.log, ground.config.http),
    {
      bodyParser: false,
      logger: new NestLog(ground.log),
      abortOnError: false,
    },
  );
  const instance = app.getHttpAdapter().getInstance() as FastifyInstance;
  const operators = app.get(OperatorsListener);
  operators.at(instance);
  watchHttp(instance, app.get(Metrics));
  closeWhileDraining(instance, app.get(Draining));
  // A simulated Plivo is asked by its own process alone.
  if (ground.config.role === 'worker')
    serveProbesOnly(instance, ground.config.provider.kind === 'simulator' ? ['/simulator/'] : []);
  admitFirst(instance, {
    '/v1/': app.get(AccountGuard),
    // Its body is the credentials.
    '/admin/login': { admit: () => undefined },
    '/admin/': app.get(AdminGuard, { strict: false }),
    '/plivo/': app.get(PlivoSignatureGuard),
  });
  app.get(ShedAnswers).at(instance);
  maskAdminAnswers(instance);
  publishSdkFiles(instance);
  publishPages(instance, {
    version: packageVersion(),
    provider: ground.config.provider.kind,
    isProduction: ground.config.production,
    seesOperators: (request) => operators.isServed(request.raw),
  });
  publishOpenApi(app, {
    publicUrl: ground.config.http.publicUrl,
    version: packageVersion(),
    hasSimulator: ground.config.provider.kind === 'simulator',
    webhooks: describeCallbacks,
  });
  publishErrorList(instance);
  await app.get(VerifyEncryptionKey).run();
  await app.get(EnsureFirstAccount).run(ground.config, ground.secrets);
  return app;
}

/** What happens once the listener is up: numbers are synced, due work is begun, the clock's tasks run. */
export async function startWork(app: NestFastifyApplication, { config }: Ground): Promise<void> {
  const jobs = app.get(Jobs);
  await app.get(OperatorsListener).listen();
  await rememberAccounts(app);
  if (config.provider.syncNumbers) await app.get(EnqueueNumberSync).run();
  if (config.provider.kind === 'simulator' && config.provider.syncNumbers) await syncSimulator(app, config);
  if (config.role === 'api') return;
  jobs.start();
  app.get(Scheduler).start();
}

/** The simulator's numbers are there before the banner says so. Nothing else that is due may hold the start up. */
async function syncSimulator(app: NestFastifyApplication, { provider }: Ground['config']): Promise<void> {
  const accountId = provider.firstAccount?.authId ?? DEMO_AUTH_ID;
  // The job that has just been enqueued tries again.
  await app
    .get(SyncNumbers)
    .run(accountId)
    .catch(() => undefined);
}

/** So that callers of every account get an answer even if the database goes away before its first webhook. */
async function rememberAccounts(app: NestFastifyApplication): Promise<void> {
  const ids = await app.get(Database).read((manager) => app.get(Accounts).ids(manager));
  const [tokens, settings] = [app.get(WebhookTokens), app.get(AccountSettings)];
  for (let start = 0; start < Math.min(ids.length, REMEMBERED_ACCOUNTS); start += READ_AT_ONCE) {
    const some = ids.slice(start, start + READ_AT_ONCE);
    await Promise.all(some.flatMap((id): Promise<unknown>[] => [tokens.of(id), settings.of(id)]));
  }
}
