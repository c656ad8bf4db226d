import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import * as circus from 'jest-circus';

/** Runs one spec file after the other in this process; modules that were loaded for one serve the next. */
process.on('message', ({ path, namePattern, timeout }) => {
  const before = secondsSpent();
  runFile(path, namePattern, timeout).then(
    ({ result, loading }) =>
      process.send({ result, bytes: process.memoryUsage().rss, spent: { ...since(before), loading } }),
    (error) => process.send({ error: { message: error.message, stack: error.stack } }),
  );
});
// Ended by its own hand, so that what specs do at the end of a process is done.
process.on('disconnect', () => process.exit());
// While facts run circus listens itself. What fails later belongs to no fact.
process.on('unhandledRejection', (error) => console.error('After the end of a spec file:', error));

/** Processor time of this process, and of those that it started and saw end, which Linux alone tells; and how long it had nothing to do. */
function secondsSpent() {
  const { user, system } = process.cpuUsage();
  let children = 0;
  try {
    const fields = readFileSync('/proc/self/stat', 'utf8').split(') ').at(-1).split(' ');
    children = (Number(fields[13]) + Number(fields[14])) / 100;
  } catch {
    // No Linux.
  }
  const waiting = performance.eventLoopUtilization().idle / 1000;
  return { own: (user + system) / 1e6, children, waiting };
}

function since(before) {
  const now = secondsSpent();
  return {
    own: now.own - before.own,
    children: now.children - before.children,
    waiting: now.waiting - before.waiting,
  };
}

async function runFile(path, namePattern, timeout) {
  const start = Date.now();
  circus.resetState();
  const state = circus.getState();
  state.parentProcess = process;
  state.testTimeout = timeout;
  state.testNamePattern = namePattern ? new RegExp(namePattern, 'i') : null;
  const before = secondsSpent();
  await import(pathToFileURL(path).href);
  const loading = since(before).own;
  // The limits of facts are for a browser at full speed.
  stretch(state.rootDescribeBlock, Number(process.env.SLOW_BROWSER ?? 1), timeout);
  const { testResults, unhandledErrors } = await circus.run();
  if (testResults.length === 0 && unhandledErrors.length === 0)
    throw new Error('expected at least one fact, found none');
  const result = resultOf(path, testResults.map(assertionOf), unhandledErrors.map(String), start);
  return { result, loading };
}

function stretch({ children, hooks = [] }, times, usual) {
  if (times === 1) return;
  for (const each of [...children, ...hooks])
    if (each.type === 'describeBlock') stretch(each, times, usual);
    else each.timeout = (each.timeout ?? usual) * times;
}

function assertionOf({ testPath, status, errors, duration, startedAt, invocations, numPassingAsserts }) {
  const [, ...names] = testPath;
  return {
    ancestorTitles: names.slice(0, -1),
    title: names.at(-1),
    fullName: names.join(' '),
    status: status === 'done' ? (errors.length > 0 ? 'failed' : 'passed') : status === 'todo' ? 'todo' : 'pending',
    duration,
    startAt: startedAt,
    invocations,
    numPassingAsserts,
    failureMessages: errors,
    failureDetails: [],
    retryReasons: [],
    location: null,
  };
}

function resultOf(testFilePath, testResults, unhandled, start) {
  const count = (status) => testResults.filter((each) => each.status === status).length;
  const end = Date.now();
  return {
    testFilePath,
    testResults,
    numPassingTests: count('passed'),
    numFailingTests: count('failed'),
    numPendingTests: count('pending'),
    numTodoTests: count('todo'),
    // The runner puts the facts' own failures before these.
    failureMessage: unhandled.length > 0 ? unhandled.join('\n') : null,
    testExecError: unhandled.length > 0 ? { message: unhandled[0], stack: unhandled[0] } : undefined,
    perfStats: { start, end, runtime: end - start, slow: end - start > 5000, loadTestEnvironmentStart: start },
    snapshot: { added: 0, fileDeleted: false, matched: 0, unchecked: 0, uncheckedKeys: [], unmatched: 0, updated: 0 },
    openHandles: [],
    leaks: false,
    skipped: false,
  };
}
