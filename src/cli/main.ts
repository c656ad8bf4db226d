import { loadService } from '../load-service.js';
import { EXIT } from './failure.js';
import { runCommandLine } from './run.js';

/** A first signal lets the command end as it should, a second one ends it at once. */
const stopping = new AbortController();

void runCommandLine(process.argv.slice(2), {
  env: process.env,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  loadService,
  stopped: stopping.signal,
  onBegin: stopOnSignal,
}).then((code) => {
  process.exitCode = code;
});

function stopOnSignal(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      if (stopping.signal.aborted) process.exit(EXIT.failed);
      stopping.abort();
    });
  // Who reads has seen enough: `masking calls list | head`.
  process.stdout.on('error', (error: NodeJS.ErrnoException) =>
    process.exit(error.code === 'EPIPE' ? EXIT.done : EXIT.failed),
  );
}
