import { table } from './callback-report.mjs';
import { best, median } from './report.mjs';

const KINDS = ['create', 'get', 'answer'];

/** Rates are of the best round and processor times the least of the rounds, as noise only ever adds; p50 and p99 are medians of the rounds. */
export function printScale({ describe, places, rounds, calls, times, restMegabytes, peaks }) {
  process.stdout.write(`\n${describe}\n\n`);
  const names = Object.keys(places);
  const pairs = pairsOf(places);
  const figures = Object.fromEntries(
    KINDS.map((kind) => [kind, Object.fromEntries(names.map((name) => [name, summary(rounds, kind, name)]))]),
  );

  const head = ['route', 'assignments', 'a second', 'p50 ms', 'p99 ms', 'CPU µs', 'database µs'];
  table([head, ...KINDS.flatMap((kind) => names.map((name) => rateRow(kind, name, figures[kind][name])))]);
  if (pairs.length > 0)
    table([
      ['route', 'ratio of', 'a second', 'CPU', 'CPU, median of the rounds', 'database CPU'],
      ...KINDS.flatMap((kind) => pairs.map((pair) => ratioRow(kind, pair, figures[kind], rounds))),
    ]);
  table([
    [
      'calls at a steady rate',
      'p50 ms',
      'p99 ms',
      'missed',
      'p50 beside reads',
      'p99 beside reads',
      'missed',
      'ratio of p99',
    ],
    ...names.map((name) => callsRow(name, calls[name])),
  ]);
  table([
    ['read', 'assignments', 'p50 ms', 'p99 ms', 'CPU ms', 'four at once: p50 ms', 'p99 ms', 'failed', 'p50, ratio of'],
    ...times.flatMap(({ read, each }) => names.map((name) => readRow(read, name, each, pairs))),
  ]);
  table([
    ['resident memory', 'after the rounds MB', 'at the most MB'],
    ...names.map((name) => [name, whole(restMegabytes[name]), whole(peaks[name])]),
  ]);
}

/** Each size with the one before it, and each build with the other: what is divided comes first. */
function pairsOf(places) {
  const names = Object.keys(places);
  const pairs = [];
  for (const [at, name] of names.entries()) {
    const { size, build } = places[name];
    const earlier = names.slice(0, at);
    const smaller = earlier.findLast((other) => places[other].build === build && places[other].size !== size);
    if (smaller !== undefined) pairs.push([name, smaller]);
    const older = earlier.find((other) => places[other].size === size);
    if (older !== undefined) pairs.push([name, older]);
  }
  return pairs;
}

function summary(rounds, kind, name) {
  const runs = rounds.map((round) => round[kind][name]);
  const middle = (figure) => median(runs.map((run) => run[figure]));
  return { ...best(runs), p50Ms: middle('p50Ms'), p99Ms: middle('p99Ms') };
}

function rateRow(kind, name, { perSecond, p50Ms, p99Ms, cpuMicros, databaseMicros }) {
  return [kind, name, whole(perSecond), p50Ms.toFixed(1), p99Ms.toFixed(1), whole(cpuMicros), whole(databaseMicros)];
}

function ratioRow(kind, [one, other], figures, rounds) {
  const of = (figure) => ratio(figures[one][figure], figures[other][figure]);
  const paired = rounds.map((round) => round[kind][one].cpuMicros / round[kind][other].cpuMicros);
  return [
    kind,
    pairName([one, other]),
    of('perSecond'),
    of('cpuMicros'),
    median(paired).toFixed(2),
    of('databaseMicros'),
  ];
}

function callsRow(name, { calm, beside, ratio: ofP99 }) {
  const figures = ({ p50Ms, p99Ms, missed }) => [p50Ms.toFixed(1), p99Ms.toFixed(1), missed];
  return [name, ...figures(calm), ...figures(beside), ofP99.toFixed(2)];
}

function pairName([one, other]) {
  return `${one} : ${other}`;
}

function readRow(read, name, each, pairs) {
  const { alone, together } = each[name];
  const ratios = pairs
    .filter(([one]) => one === name)
    .map((pair) => `${pairName(pair)} ${ratio(alone.p50Ms, each[pair[1]].alone.p50Ms)}`);
  const figures = [alone.p50Ms, alone.p99Ms, alone.cpuMs, together.p50Ms, together.p99Ms];
  return [read, name, ...figures.map((ms) => ms?.toFixed(1) ?? '-'), alone.failed + together.failed, ratios.join(', ')];
}

function ratio(one, other) {
  return one === null || other === null ? '-' : (one / other).toFixed(2);
}

function whole(value) {
  return value === null ? '-' : value.toFixed(0);
}
