import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as circus from 'jest-circus';

/**
 * Loads the planted files and their specs once, then runs, fault by fault, the facts that come by it until one fails. The fault of the moment is a
 * number that the planted code compares with its own.
 */
const LEAST_MS = 10_000;
const LONGEST_MS = 120_000;
/** As `describeOnEachDatabase` names them. */
const ON_SERVER = / \(mysql\)(?= ›)/;

let active = 0;
let coming = null;
let crash = null;
globalThis.isFault = (id) => {
  coming?.add(id);
  return id === active;
};
for (const event of ['uncaughtException', 'unhandledRejection'])
  process.on(event, (error) => (crash = error ?? new Error(event)));

/** Facts that pass on their own, with the faults they come by. */
let facts = [];

process.on('message', (order) => {
  void (order.specs ? load(order) : tried(order)).then(
    (answer) => process.send(answer),
    (error) => process.send({ failure: error.stack ?? String(error) }),
  );
});

/** `known`: what another process has found out about the same facts. */
async function load({ specs, known }) {
  for (const spec of specs) {
    circus.resetState();
    await import(pathToFileURL(spec).href);
    facts.push(...onceEach(factsOf(circus.getState().rootDescribeBlock, spec)));
  }
  known ??= await allOnce();
  facts = facts.map((fact, index) => ({ ...fact, ...known[index], noticed: 0 }));
  const names = new Map(facts.map(({ name, error }) => [name, error]));
  facts = facts.filter(({ error }) => error === null);
  return {
    known,
    dropped: [...names].filter(([, error]) => error !== null).map(([name, error]) => `${name}: ${error}`),
  };
}

/** Runs every fact without a fault: how long it takes, and by which faults it comes. */
async function allOnce() {
  const known = [];
  for (const fact of facts) {
    coming = new Set();
    const start = performance.now();
    const before = process.cpuUsage();
    const error = await outcome(fact, LONGEST_MS);
    const { user, system } = process.cpuUsage(before);
    known.push({
      ms: performance.now() - start,
      costMs: (user + system) / 1000,
      faults: coming,
      error: error && String(error.message).split('\n')[0],
    });
    coming = null;
  }
  return known;
}

/** Facts beside the faulty file first, and quick ones, and those that have noticed much; `patienceMs` is the processor time that they may take together. */
async function tried({ id, file, patienceMs }) {
  const room = `${dirname(file)}/`;
  const worth = ({ noticed, costMs, spec }) => ((spec.includes(room) ? 10 : 1) * (1 + noticed)) / (20 + costMs);
  let takenMs = 0;
  for (const fact of facts.filter(({ faults }) => faults.has(id)).sort((left, right) => worth(right) - worth(left))) {
    if (takenMs + fact.costMs > patienceMs) continue;
    takenMs += fact.costMs;
    active = id;
    const error = await outcome(fact, Math.min(LONGEST_MS, Math.max(LEAST_MS, fact.ms * 5)));
    active = 0;
    if (error) {
      fact.noticed += 1;
      return { id, by: fact.name, isLate: error.isLate === true };
    }
  }
  return { id, by: null };
}

function factsOf(block, spec, above = []) {
  const blocks = [...above, block];
  return block.children.flatMap((child) => {
    if (child.mode === 'skip' || child.mode === 'todo') return [];
    if (child.type === 'describeBlock') return factsOf(child, spec, blocks);
    return [{ test: child, blocks, name: [...blocks.slice(1).map(({ name }) => name), child.name].join(' › '), spec }];
  });
}

/** A database on a server costs a second a fact, so only what SQLite cannot show is tried there: what is stated there only, and what is done at once. */
function onceEach(stated) {
  const names = new Set(stated.map(({ name }) => name));
  return stated.filter(
    ({ name, test }) =>
      !ON_SERVER.test(name) ||
      !names.has(name.replace(ON_SERVER, ' (sqlite)')) ||
      /Promise\.all/.test(test.fn.toString()),
  );
}

/** Runs one fact with all that is set up for it and cleaned after it; returns what failed. All of it may take that long, and as long for cleaning up. */
async function outcome({ test, blocks, name }, milliseconds) {
  process.send({ silentFor: milliseconds * 2, name });
  crash = null;
  const hooks = (type, order) => order.flatMap((block) => block.hooks.filter((hook) => hook.type === type));
  const inner = blocks.toReversed();
  const failed = await firstFailure(
    [...hooks('beforeAll', blocks), ...hooks('beforeEach', blocks), test],
    milliseconds,
    true,
  );
  const after = [...hooks('afterEach', inner), ...hooks('afterAll', inner)];
  const unclean = await firstFailure(after, milliseconds, false);
  return failed ?? unclean ?? crash;
}

async function firstFailure(steps, milliseconds, stops) {
  const endsAt = Date.now() + milliseconds;
  let first = null;
  for (const { fn } of steps) {
    const error = await failure(fn, endsAt - Date.now());
    first ??= error;
    if (first && stops) return first;
  }
  return first;
}

async function failure(fn, milliseconds) {
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(() => resolve(Object.assign(new Error('too late'), { isLate: true })), milliseconds);
  });
  try {
    return await Promise.race([Promise.resolve(fn()).then(() => null), late]);
  } catch (error) {
    return error ?? new Error('thrown: nothing');
  } finally {
    clearTimeout(timer);
  }
}
