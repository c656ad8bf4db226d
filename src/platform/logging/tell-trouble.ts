import { isJsonAlone } from '../settings/json-alone.js';
import { createLogger, type Log } from './logger.js';

/** Before there is a logger, or when nothing else can be said any more: on standard error, and a JSON line where nothing else may be written. */
export function tellTrouble(event: string, words: string, env: NodeJS.ProcessEnv): void {
  if (!isJsonAlone(env)) return void process.stderr.write(`${words}\n`);
  const log = createLogger({ level: 'fatal', format: 'json' }, { write: (line) => void process.stderr.write(line) });
  log.fatal(event, { words: words.trim().split('\n') });
}

/** What Node would write as it likes: its warnings, and of what it dies. */
export function logWhatNodeSays(log: Log): void {
  // Node's own listener, which writes text.
  process.removeAllListeners('warning');
  process.on('warning', (warning) => log.warn('node.warning', { error: warning }));
  for (const event of ['uncaughtException', 'unhandledRejection'] as const)
    process.on(event, (error: unknown) => {
      log.fatal('service.crashed', { event, error });
      process.exit(1);
    });
}
