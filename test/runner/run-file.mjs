import { pathToFileURL } from 'node:url';
import * as circus from 'jest-circus';

/** Runs one spec file after the other in this process; modules that were loaded for one serve the next. */
process.on('message', ({ path, namePattern, timeout }) => {
  runFile(path, namePattern, timeout).then(
    (result) => process.send({ result, bytes: process.memoryUsage().rss }),
    (error) => process.send({ error: { message: error.message, stack: error.stack } }),
  );
});
// While facts run circus listens itself. What fails later belongs to no fact.
process.on('unhandledRejection', (error) => console.error('After the end of a spec file:', error));

async function runFile(path, namePattern, timeout) {
  const start = Date.now();
  circus.resetState();
  const state = circus.getState();
  state.parentProcess = process;
  state.testTimeout = timeout;
  state.testNamePattern = namePattern ? new RegExp(namePattern, 'i') : null;
  await import(pathToFileURL(path).href);
  const { testResults, unhandledErrors } = await circus.run();
  if (testResults.length === 0 && unhandledErrors.length === 0)
    throw new Error('expected at least one fact, found none');
  return resultOf(path, testResults.map(assertionOf), unhandledErrors.map(String), start);
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
