import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Clock } from '../platform/clock.js';
import { ErrorFilter } from '../platform/http/error-filter.js';
import { createHttpAdapter } from '../platform/http/http-edge.js';
import { createLogger } from '../platform/logging/logger.js';
import { NestLog } from '../platform/logging/nest-log.js';
import { SimulatorModule } from './simulator.module.js';
import {
  readStandaloneSettings,
  standaloneHelp,
  WrongSettings,
  type StandaloneSettings,
} from './standalone-settings.js';

const EXIT_SETTINGS = 3;
/** A request that hangs on purpose is not waited for. */
const STOP_LIMIT_MS = 2_000;

await run(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(error instanceof WrongSettings ? EXIT_SETTINGS : 1);
});

async function run(args: readonly string[]): Promise<void> {
  if (args.length > 0) {
    process.stdout.write(standaloneHelp());
    if (args.some((arg) => arg !== '--help')) throw new WrongSettings(`unknown argument; expected none or --help`);
    return;
  }
  const settings = readStandaloneSettings(process.env);
  const app = await createSimulator(settings);
  await app.listen(settings.port, settings.host);
  stopOnSignal(app);
  process.stdout.write(greeting(settings));
}

async function createSimulator({ publicUrl, ...settings }: StandaloneSettings): Promise<NestFastifyApplication> {
  const log = createLogger({ level: 'warn', format: 'pretty' });
  const module = SimulatorModule.register({
    ...settings,
    publicUrl,
    mediaUrl: `${publicUrl}/simulator/media`,
    clock: new Clock(),
  });
  const app = await NestFactory.create<NestFastifyApplication>(module, createHttpAdapter(log), {
    bodyParser: false,
    logger: new NestLog(log),
    abortOnError: false,
  });
  return app.useGlobalFilters(new ErrorFilter(log));
}

/** The last line can be pasted; a token that its owner chose is not repeated. */
function greeting({ publicUrl, authId, authToken, isTokenGiven, answerUrl, hangupUrl, numbers }: StandaloneSettings) {
  const base = `${publicUrl}/simulator`;
  const rows = [
    ['REST API', `${base}/v1/Account/${authId}/`],
    ['Control', `${base}/control`],
    ['Inbox', `${base}/inbox   as a callback_url; needs CALLBACK_ALLOW_PRIVATE=true there`],
    ['Auth ID', authId],
    ['Auth Token', isTokenGiven ? '(from PLIVO_AUTH_TOKEN)' : authToken],
    ['Numbers', numbers.map(({ number }) => number).join(', ')],
    ['Answer URL', answerUrl],
    ['Hang-up URL', hangupUrl],
  ] as const;
  const token = isTokenGiven ? '"$PLIVO_AUTH_TOKEN"' : authToken;
  return [
    '',
    '  Simulated Plivo, no real calls',
    ...rows.map(([name, text]) => `  ${name.padEnd(13)}${text}`),
    '',
    '  A service that uses it:',
    `  PROVIDER=plivo PLIVO_API_URL=${base} PLIVO_AUTH_ID=${authId} PLIVO_AUTH_TOKEN=${token} npm start`,
    '',
    '',
  ].join('\n');
}

/** A second signal ends at once. */
function stopOnSignal(app: NestFastifyApplication): void {
  let isStopping = false;
  const stop = async (): Promise<void> => {
    if (isStopping) process.exit(1);
    isStopping = true;
    setTimeout(() => process.exit(0), STOP_LIMIT_MS).unref();
    await app.close();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop());
}
