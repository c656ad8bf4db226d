import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

/** What `node tools/long-files.mjs` has made of a run's times, in seconds. Others take less than one. */
export const LONG_FILES = JSON.parse(readFileSync(new URL('./long-files.json', import.meta.url), 'utf8'));

/**
 * From where each worker takes its next file. The longest come first, so that none ends alone. Those that mostly wait go to a worker beside the others, who leave
 * them to it as long as they have any that keep a processor busy; one more worker for whatever comes would make all slower than facts allow.
 */
export function sourcesOf(tests, { maxWorkers, rootDir }, longFiles = LONG_FILES) {
  const timed = tests
    .map((test) => ({ test, busy: 0, waits: 0, ...longFiles[relative(rootDir, test.path)] }))
    .toSorted((one, other) => other.busy + other.waits - one.busy - one.waits);
  const [busy, waiting] = [false, true].map((isWaiting) =>
    timed.filter(({ busy: works, waits }) => waits > works === isWaiting).map(({ test }) => test),
  );
  const any = () => busy.shift() ?? waiting.shift();
  const sources = Array.from({ length: Math.min(maxWorkers, tests.length) }, () => any);
  return sources.length > 1 && busy.length > 0 && waiting.length > 0 ? [...sources, () => waiting.shift()] : sources;
}
