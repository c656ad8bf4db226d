// Whether a route costs more processor time than in an earlier build, each route on each database. Both checkouts must be built.
// `npm run bench:compare -- /path/to/other/checkout [--only sqlite|mysql] [--starts 3] [--rounds 8]`; exit code 1 when one costs over 3 % more.
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { dropAll, kinds, newFolder, wantedKinds } from './databases.mjs';
import { columns } from './report.mjs';
import { measureRounds } from './rounds.mjs';
import { addNumbers, killAll, onServer, startService } from './servers.mjs';

const LIMIT = 1.03;
const COUNT = 800;
/** Processor time needs no queue, and in front of a long one a busy machine makes answers come too late. */
const IN_FLIGHT = 8;
const REFUSED = 0.01;
/** More than a start's rounds send: a pair that comes a second time would renew its session. */
const PAIRS_PER_START = 100_000;
const MOST_STARTS = 20;
const MOST_ROUNDS = 100;

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string' },
    starts: { type: 'string', default: '3' },
    rounds: { type: 'string', default: '8' },
  },
});
const starts = Math.min(Number(flags.starts), MOST_STARTS);
const rounds = Math.min(Number(flags.rounds), MOST_ROUNDS);
const old = resolve(positionals[0] ?? '');
/** Builds made before there was a bundle have only the second. */
const oldMain = ['dist/bin/main.js', 'dist/src/main.js'].map((path) => join(old, path)).find(existsSync);
if (positionals.length !== 1 || oldMain === undefined || !(starts >= 1) || !(rounds >= 1)) {
  process.stderr.write('expected the folder of another checkout that is built, and at least one start and one round\n');
  process.exit(2);
}
const say = (text) => process.stderr.write(`  ${text}\n`);

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    killAll();
    void dropAll().finally(() => process.exit(1));
  });
}

try {
  const compared = [];
  for (const kind of await wantedKinds(flags.only, say)) compared.push(...routesOf(kind, await measureDatabase(kind)));
  process.stdout.write(asText(compared));
  process.exitCode = compared.some(({ ratio }) => ratio > LIMIT) ? 1 : 0;
} finally {
  killAll();
  await dropAll();
}

async function measureDatabase(kind) {
  say(await kinds[kind].describe());
  // Without the background: what an answer leaves to be done later is done in some rounds and not in others.
  const settings = { ROLE: 'api' };
  const places = {
    old: { main: oldMain, databaseUrl: await kinds[kind].create(), dataFolder: newFolder(), settings },
    new: { databaseUrl: await kinds[kind].create(), dataFolder: newFolder(), settings },
  };
  for (const place of Object.values(places)) await onServer(startService(place), ({ origin }) => addNumbers(origin));

  const measured = [];
  // What the compiler makes of a program differs from start to start and then stays, so rounds of one start alone agree on a wrong ratio.
  for (let start = 0; start < starts; start++) {
    say(`start ${start + 1} of ${starts}`);
    const from = start * PAIRS_PER_START;
    await onServer(startService(places.old), (older) =>
      onServer(startService(places.new), async (newer) => {
        const servers = { old: older, new: newer };
        measured.push(
          ...(await measureRounds(servers, { say, rounds, count: COUNT, from, inFlight: IN_FLIGHT, refused: REFUSED })),
        );
      }),
    );
  }
  return measured;
}

function routesOf(kind, measured) {
  return Object.keys(measured[0]).map((route) => {
    const pairs = measured.map((round) => [round[route].old.cpuMicros, round[route].new.cpuMicros]);
    if (pairs.flat().includes(null)) throw new Error('expected the processor time of a process in /proc');
    const at = (share, valueOf) => quantile(pairs.map(valueOf), share);
    const ratioOf = ([before, now]) => now / before;
    return {
      kind,
      route,
      old: at(0.5, ([before]) => before),
      new: at(0.5, ([, now]) => now),
      ratio: at(0.5, ratioOf),
      middleHalf: [at(0.25, ratioOf), at(0.75, ratioOf)],
    };
  });
}

function asText(compared) {
  const head = ['route', 'database', 'old µs', 'new µs', 'ratio', 'middle half of the ratios', ''];
  const rows = compared.map((one) => [
    one.route,
    one.kind,
    one.old.toFixed(0),
    one.new.toFixed(0),
    one.ratio.toFixed(3),
    one.middleHalf.map((ratio) => ratio.toFixed(3)).join(' to '),
    one.ratio > LIMIT ? 'SLOWER' : '',
  ]);
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'processor'}, Node ${process.versions.node}`;
  return `${machine}; processor time of a request, medians of ${starts} × ${rounds} rounds\n\n${columns([head, ...rows]).join('\n')}\n`;
}

function quantile(values, share) {
  const sorted = values.toSorted((one, other) => one - other);
  const place = (sorted.length - 1) * share;
  const below = Math.floor(place);
  const above = Math.ceil(place);
  return sorted[below] + (sorted[above] - sorted[below]) * (place - below);
}
