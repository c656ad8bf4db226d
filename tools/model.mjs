// Searches every interleaving of the model of lending, answers and withdrawal (test/model, docs/model.md), and every rule left out of it:
// npm run model -- [--quick] [TEXT of a run's name]. Needs spin and gcc.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { OMISSIONS, RUNS } from '../test/model/runs.mjs';

const execute = promisify(execFile);
const MODEL = join(import.meta.dirname, '..', 'test', 'model', 'masking.pml');
/** Megabytes that one search may take. */
const MEMORY = 2000;
const LIMIT_MS = Number(process.env.MODEL_LIMIT_MS ?? 600_000);

/** Numbered from 1, as `MUST` of the model has them. */
const PROPERTIES = [
  'one live session on (number, party)',
  'one live session of a pair',
  'what was acknowledged is there until its end',
  'nothing is held longer than session and cool-off',
  'nobody is lent a number that cools off for him',
  'nothing is lent of a withdrawn number',
  'connected with people of a live session of his only',
  'one conversation of a session at a time',
  'nobody is a stranger who had a session all the while',
  'in the end a create finds a number',
];

const isQuick = process.argv.includes('--quick');
const wanted = process.argv.slice(2).find((argument) => !argument.startsWith('--')) ?? '';

/** `seconds` of processor time. Compiled well, which takes longer than most searches, they would be twice as fast. */
async function search({ defines }) {
  const folder = await mkdtemp(join(tmpdir(), 'model-'));
  const options = { cwd: folder, timeout: LIMIT_MS, maxBuffer: 1 << 26 };
  try {
    await execute('spin', ['-a', ...defines.map((define) => `-D${define}`), MODEL], options);
    const flags = ['-O0', '-w', '-DSAFETY', `-DMEMLIM=${MEMORY}`, '-DNOFAIR'];
    await execute('gcc', [...flags, '-o', 'pan', 'pan.c'], options);
    const timed = 'TIMEFORMAT=%U; time ./pan -m1000000 -w22 -E';
    const { stdout, stderr } = await execute('bash', ['-c', timed], options).catch((error) => error);
    return { ...read(String(stdout)), seconds: Number(String(stderr).trim()) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** `verdict`: `holds`, the assertion that does not, or why the search is not whole. */
function read(output) {
  const states = Number(/(\d[\d.e+]*) states, stored/.exec(output)?.[1] ?? NaN);
  const megabytes = Number(/([\d.]+)\s+total actual memory usage/.exec(output)?.[1] ?? NaN);
  const property = /assertion violated \(ok\|\|\((\d+)==0\)\)/.exec(output)?.[1];
  const broken =
    property === undefined ? /pan:1: (.*?) \(at depth/.exec(output)?.[1] : PROPERTIES[Number(property) - 1];
  const isWhole =
    /errors: 0\n/.test(output) && !/Search not completed|max search depth too small|out of memory/.test(output);
  return {
    states,
    megabytes,
    isBroken: property !== undefined,
    verdict: broken ?? (isWhole ? 'holds' : 'not searched to its end'),
  };
}

const tasks = [
  ...RUNS.map((run) => ({ ...run, kind: 'model', isRight: ({ verdict }) => verdict === 'holds' })),
  ...OMISSIONS.map((run) => ({
    ...run,
    kind: 'omission',
    isRight: ({ isBroken }) => isBroken !== (run.coveredBy !== undefined),
  })),
].filter((task) => (!isQuick || !task.isLong) && `${task.kind} ${task.name}`.includes(wanted));

let wrong = 0;
const queue = [...tasks];
const begun = performance.now();
let states = 0;
console.log(['kind', 'name', 'states', 'seconds', 'MB', 'verdict'].join('\t'));
await Promise.all(
  Array.from({ length: Math.min(2, availableParallelism()) }, async () => {
    for (let task = queue.shift(); task; task = queue.shift()) {
      const found = await search(task);
      const isRight = task.isRight(found);
      if (!isRight) wrong += 1;
      if (task.kind === 'model') states += found.states;
      const said = task.coveredBy && isRight ? `not seen: ${task.coveredBy}` : found.verdict;
      console.log(
        [
          task.kind,
          task.name,
          found.states,
          found.seconds.toFixed(1),
          found.megabytes,
          isRight ? said : `WRONG: ${said}`,
        ].join('\t'),
      );
    }
  }),
);
console.log(
  `${tasks.length} searches, ${states} states of the model, ${((performance.now() - begun) / 1000).toFixed(0)} s, ${wrong} wrong`,
);
process.exitCode = wrong === 0 ? 0 : 1;
