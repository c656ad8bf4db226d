import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { formatResultsErrors } from 'jest-message-util';

const RUN_FILE = fileURLToPath(new URL('./run-file.mjs', import.meta.url));
const REGISTER = new URL('./register.mjs', import.meta.url).href;
/** A worker that has grown beyond this makes way for a fresh one. */
const MOST_BYTES = 900 * 1024 * 1024;

/**
 * Runs spec files in plain Node processes instead of Jest's sandboxes. A sandbox loads every module anew for every file, and that was half of the
 * suite's processor time (435 s against 240 s); here a process loads them once. Facts, hooks, matchers and fake timers are Jest's own. What is lost is
 * the wall between files: they share modules, so a spec leaves nothing behind in them, nor in globals and the environment.
 */
export default class Runner {
  isSerial = false;
  supportsEventEmitters = false;

  constructor(globalConfig) {
    this.config = globalConfig;
  }

  async runTests(tests, watcher, onStart, onResult, onFailure) {
    const waiting = [...tests];
    const count = Math.min(this.config.maxWorkers, waiting.length);
    const tell = { onStart, onResult, onFailure };
    await Promise.all(Array.from({ length: count }, (_, index) => this.#work(index + 1, waiting, watcher, tell)));
  }

  async #work(id, waiting, watcher, { onStart, onResult, onFailure }) {
    let worker = null;
    for (let test = waiting.shift(); test && !watcher.isInterrupted(); test = waiting.shift()) {
      worker ??= start(id);
      await onStart(test);
      const { config } = test.context;
      const order = { path: test.path, namePattern: this.config.testNamePattern, timeout: config.testTimeout };
      const { result, error, bytes } = await run(worker, order);
      if (result) await onResult(test, withMessage(result, config, this.config));
      else await onFailure(test, error);
      if (!result || bytes > MOST_BYTES) {
        worker.kill();
        worker = null;
      }
    }
    worker?.kill();
  }
}

function withMessage(result, config, globalConfig) {
  const own = formatResultsErrors(result.testResults, config, globalConfig, result.testFilePath);
  const message = [own, result.failureMessage].filter(Boolean).join('\n');
  return { ...result, failureMessage: message === '' ? null : message };
}

function start(id) {
  return fork(RUN_FILE, {
    execArgv: ['--no-warnings', '--enable-source-maps', '--max-semi-space-size=64', '--import', REGISTER],
    env: { ...process.env, NODE_ENV: 'test', JEST_WORKER_ID: String(id) },
    serialization: 'advanced',
  });
}

function run(worker, order) {
  return new Promise((resolve) => {
    const settle = (answer) => {
      worker.removeAllListeners();
      resolve(answer);
    };
    worker.once('message', settle);
    worker.once('exit', (code, signal) => {
      const message = `the process that ran it ended with ${signal ?? `exit code ${code}`}`;
      settle({ error: { message, stack: message } });
    });
    worker.send(order);
  });
}
