import { fork } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatResultsErrors } from 'jest-message-util';
import { sourcesOf } from './sources.mjs';

const RUN_FILE = fileURLToPath(new URL('./run-file.mjs', import.meta.url));
const REGISTER = new URL('./register.mjs', import.meta.url).href;
/** A worker that has grown beyond this makes way for a fresh one. */
const MOST_BYTES = 1200 * 1024 * 1024;
/** For the end of a worker. */
const PATIENCE_MS = 5000;

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
    const sources = sourcesOf(tests, this.config);
    const tell = { onStart, onResult, onFailure };
    await Promise.all(sources.map((next, index) => this.#work(index + 1, next, watcher, tell)));
  }

  async #work(id, next, watcher, { onStart, onResult, onFailure }) {
    let worker = null;
    for (let test = next(); test && !watcher.isInterrupted(); test = next()) {
      worker ??= start(id);
      await onStart(test);
      const { config } = test.context;
      const order = { path: test.path, namePattern: this.config.testNamePattern, timeout: config.testTimeout };
      const { result, error, bytes, spent } = await run(worker, order);
      if (process.env.TEST_TIMES && result) note(process.env.TEST_TIMES, result, spent, bytes);
      if (result) await onResult(test, withMessage(result, config, this.config));
      else await onFailure(test, error);
      if (!result || bytes > MOST_BYTES) {
        end(worker);
        worker = null;
      }
    }
    if (worker) end(worker);
  }
}

/** A line of JSON for each spec file: where the suite's time goes. */
function note(file, { testFilePath, numPassingTests, perfStats }, spent, bytes) {
  const path = relative(process.cwd(), testFilePath);
  const seconds = { wall: perfStats.runtime / 1000, ...spent };
  appendFileSync(file, `${JSON.stringify({ path, facts: numPassingTests, ...seconds, bytes })}\n`);
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

/** Told first, because of what it has started. */
function end(worker) {
  if (worker.connected) worker.disconnect();
  // It ends by itself, also when Jest has ended.
  worker.unref();
  setTimeout(() => worker.kill('SIGKILL'), PATIENCE_MS).unref();
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
