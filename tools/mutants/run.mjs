import { fork } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { plant } from './plant.mjs';
import { filesBelow, specsOf } from './specs.mjs';

/** `npm run mutants -- [folders or files]`: which faults of these files no test notices. See docs/testing.md. */
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FOLDERS = ['number-pool', 'call-routing', 'sessions', 'billing-stats', 'callbacks', 'texts'].map(
  (name) => `src/${name}`,
);
/** What declares and wires; the rules are elsewhere. */
const NO_RULES = /(\.(spec|entity|module|dto|errors|events)|\/index)\.ts$/;
/** A process that is silent for this much longer than it said runs in circles. */
const GRACE_MS = 10_000;
const LOADING_MS = 120_000;
const KEEP_EVERY_MS = 10_000;
/** A fault that survives has been tried with every fact that comes by it: where many journeys do, that is minutes for each. */
const PATIENCE_SECONDS = 10;

const options = process.argv.slice(2).filter((each) => each.startsWith('--'));
const wanted = process.argv.slice(2).filter((each) => !each.startsWith('--'));
const workers = Number(optionOf('workers') ?? availableParallelism());
const report = optionOf('json');
const specsWith = (optionOf('specs') ?? '').split(',');
const earlier = outcomesOf(optionOf('again'));
const patienceMs = Number(optionOf('patience') ?? PATIENCE_SECONDS) * 1000;

const all = [];
let keptAt = 0;
for (const folder of grouped((wanted.length > 0 ? wanted : FOLDERS).flatMap(filesOf))) await tryFolder(folder);
print(all);
keep();

/** Also on the way, so that a run that is cut short is of use. */
function keep() {
  if (report) writeFileSync(report, JSON.stringify(all, null, 1));
  keptAt = Date.now();
}

function optionOf(name) {
  return options.find((each) => each.startsWith(`--${name}=`))?.slice(name.length + 3);
}

/** What a run before this one has noticed, by fault: facts that only were added still notice it. */
function outcomesOf(file) {
  const faults = file ? JSON.parse(readFileSync(file, 'utf8')) : [];
  const names = namesOf(faults);
  const noticed = faults.flatMap((fault, index) =>
    isNoticed(fault) ? [[names[index], { outcome: fault.outcome, by: fault.by }]] : [],
  );
  return new Map(noticed);
}

/** The same in the next run, although lines have moved. */
function namesOf(faults) {
  const seen = new Map();
  return faults.map(({ file, operator, from, to }) => {
    const text = JSON.stringify([file, operator, from, to]);
    seen.set(text, (seen.get(text) ?? 0) + 1);
    return `${text} ${seen.get(text)}`;
  });
}

function filesOf(path) {
  const below = path.replace(/\/$/, '');
  const files = filesBelow('src').filter((file) => file === below || file.startsWith(`${below}/`));
  const ruling = files.filter((file) => file.endsWith('.ts') && !NO_RULES.test(file));
  if (ruling.length === 0)
    throw new Error(`expected a file with rules or a folder of them, such as src/callbacks: ${path}`);
  return ruling;
}

function grouped(files) {
  return groups(files, (file) => file.split('/')[1]).map(([name, list]) => ({ name, files: list }));
}

function groups(items, keyOf) {
  const found = new Map();
  for (const item of items) found.set(keyOf(item), [...(found.get(keyOf(item)) ?? []), item]);
  return [...found];
}

async function tryFolder({ name, files }) {
  const faults = [];
  const firstFaults = {};
  for (const file of files) {
    firstFaults[join(ROOT, file)] = faults.length + 1;
    const planted = plant(file, readFileSync(join(ROOT, file), 'utf8'), faults.length + 1);
    faults.push(...planted.faults.map((fault) => ({ folder: name, ...fault })));
  }
  const specs = specsOf(name)
    .filter((each) => specsWith.some((part) => each.includes(part)))
    .map((each) => join(ROOT, each));
  const startedAt = Date.now();
  const first = await begin(firstFaults, specs);
  for (const each of first.dropped) process.stdout.write(`  not used, fails on its own: ${each}\n`);
  const covered = new Set(first.known.flatMap((fact) => (fact.error === null ? [...fact.faults] : [])));
  const known = namesOf(faults).map((each) => earlier.get(each));
  for (const [index, fault] of faults.entries())
    Object.assign(fault, known[index] ?? { outcome: covered.has(fault.id) ? 'not tried' : 'not come by' });
  const waiting = faults.filter(({ outcome }) => outcome === 'not tried');
  all.push(...faults);
  process.stderr.write(`${name}: ${faults.length} faults, ${first.known.length} facts in ${since(startedAt)} s\n`);
  const anew = () => begin(firstFaults, specs, first.known);
  await Promise.all(
    Array.from({ length: workers }, (_, index) => work(waiting, index === 0 ? async () => first : anew, anew)),
  );
  // Where nothing was left to try nobody has.
  first.end();
  process.stdout.write(`${name}: ${faults.length} faults in ${files.length} files, ${since(startedAt)} s\n`);
}

function since(startedAt) {
  return ((Date.now() - startedAt) / 1000).toFixed(0);
}

async function work(waiting, start, anew) {
  let trial = null;
  let next = start;
  for (let fault = waiting.shift(); fault; fault = waiting.shift()) {
    trial ??= await next();
    next = anew;
    const startedAt = Date.now();
    const answer = await trial.ask({ id: fault.id, file: fault.file, patienceMs });
    fault.outcome = answer === null ? 'noticed: runs in circles' : answer.by === null ? 'survived' : 'noticed';
    fault.by = answer?.by ?? null;
    fault.ms = Date.now() - startedAt;
    if (Date.now() > keptAt + KEEP_EVERY_MS) keep();
    tellProgress(fault, waiting.length);
    // What came too late is still running.
    if (answer === null || answer.isLate) {
      trial.end();
      trial = null;
    }
  }
  trial?.end();
}

function tellProgress(fault, left) {
  if (process.stderr.isTTY) process.stderr.write(`\r${left} to go `);
  else if (left % 50 === 0) process.stderr.write(`${left} to go\n`);
  if (fault.outcome === 'survived') process.stderr.write(`not noticed: ${sentence(fault)}\n`);
}

async function begin(firstFaults, specs, known) {
  const child = fork(fileURLToPath(new URL('./try.mjs', import.meta.url)), {
    execArgv: ['--no-warnings', '--import', new URL('./register.mjs', import.meta.url).href],
    env: { ...process.env, NODE_ENV: 'test', FIRST_FAULTS: JSON.stringify(firstFaults) },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    serialization: 'advanced',
  });
  let doing = 'the loading of specs';
  const ask = (order) =>
    new Promise((resolve) => {
      let timer;
      const settle = (answer) => {
        clearTimeout(timer);
        child.removeAllListeners();
        if (answer === null) child.kill('SIGKILL');
        resolve(answer);
      };
      const wait = (milliseconds) => {
        clearTimeout(timer);
        timer = setTimeout(() => settle(null), milliseconds + GRACE_MS);
      };
      child.on('message', (answer) => {
        if (answer.silentFor === undefined) return settle(answer);
        doing = answer.name;
        wait(answer.silentFor);
      });
      child.once('exit', () => settle(null));
      wait(LOADING_MS);
      child.send(order);
    });
  const loaded = await ask({ specs, known });
  if (!loaded?.known) throw new Error(`without a fault, too, this fails: ${loaded?.failure ?? `no word of ${doing}`}`);
  return { ask, ...loaded, end: () => child.kill('SIGKILL') };
}

function print(faults) {
  const rows = groups(faults, ({ file }) => file).map(([file, list]) => row(file, list));
  const folders = groups(faults, ({ folder }) => folder).map(([folder, list]) => row(folder, list));
  process.stdout.write(`\n${[...rows, '', ...folders].join('\n')}\n\nNot noticed:\n`);
  for (const fault of faults.filter((each) => !isNoticed(each))) process.stdout.write(`${sentence(fault)}\n`);
}

function sentence({ file, line, operator, from, to, outcome }) {
  return `${file}:${line}  ${operator}${outcome === 'not come by' ? ' (no test comes by)' : ''}: ${from}  ->  ${to}`;
}

function row(name, list) {
  const noticed = list.filter(isNoticed).length;
  return `${((100 * noticed) / list.length).toFixed(1).padStart(5)} %  ${String(noticed).padStart(4)} of ${String(list.length).padStart(4)}  ${name}`;
}

function isNoticed({ outcome }) {
  return outcome.startsWith('noticed');
}
