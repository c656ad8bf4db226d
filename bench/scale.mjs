// Whether the service stays as quick with a million live sessions as with five thousand: `npm run bench:scale`. Databases are filled by SQL; then
// creates, gets, answers and all reads, on all sizes in turns. What is printed last are ratios of the sizes.
//   --only sqlite|mysql     one database; mysql is TEST_DATABASE_URL or 127.0.0.1:3306
//   --sizes 10k,1m,10m      assignments, two a session; 10k,1m unless said otherwise
//   --against CHECKOUT      another build, which must be built, in turns with this one
//   --in-flight 8           requests at once; 32 unless said otherwise, fewer where a commit takes very long
//   --quick                 short rounds; its figures are not worth quoting
//   --check                 the small form that CI runs: exit code 1 when a limit is missed
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Agent } from 'undici';
import { machine, say } from './callback-report.mjs';
import { databasePid, dropAll, kinds, wantedKinds } from './databases.mjs';
import { measureRounds } from './rounds.mjs';
import { checkScale } from './scale-check.mjs';
import { callsBesideReads } from './scale-calls.mjs';
import { AT_ONCE, lookOnce, readsOf, timeRead } from './scale-reads.mjs';
import { printScale } from './scale-report.mjs';
import { buildsOf, filledPlaces, onPlaces } from './scale-servers.mjs';
import { killAll, peakMegabytes, rssMegabytes } from './servers.mjs';

const FULL = { rounds: 6, warmUp: 300, count: 1500, most: 100, seconds: 2, calls: { rate: 50, seconds: 10, turns: 2 } };
const QUICK = { rounds: 2, warmUp: 100, count: 200, most: 20, seconds: 1, calls: { rate: 50, seconds: 3, turns: 1 } };

const { values: flags } = parseArgs({
  options: {
    only: { type: 'string' },
    sizes: { type: 'string', default: '10k,1m' },
    against: { type: 'string' },
    quick: { type: 'boolean', default: false },
    'in-flight': { type: 'string', default: '32' },
    check: { type: 'boolean', default: false },
  },
});
const plan = flags.quick ? QUICK : FULL;
const agent = new Agent({ connections: 256, pipelining: 1, headersTimeout: 300_000, bodyTimeout: 300_000 });

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    killAll();
    void dropAll().finally(() => process.exit(1));
  });
}

try {
  say(machine());
  if (flags.check) process.exitCode = (await checkScale({ agent, say })) ? 0 : 1;
  else await measureAll();
} finally {
  killAll();
  await agent.close();
  await dropAll();
}

async function measureAll() {
  const sizes = flags.sizes.split(',').map(sizeOf);
  const builds = buildsOf(flags.against && resolve(flags.against));
  for (const kind of await wantedKinds(flags.only, say)) {
    const describe = await kinds[kind].describe();
    say(describe);
    const places = await filledPlaces({ kind, builds, sizes, say });
    const measured = await onPlaces(places, say, (servers) => measure(kind, places, servers));
    printScale({ describe, places, ...measured });
    await dropAll();
  }
}

async function measure(kind, places, servers) {
  const pid = await databasePid(kind);
  const names = Object.keys(places);
  const reads = Object.fromEntries(names.map((name) => [name, readsOf(places[name])]));
  for (const name of names) {
    say(`looking at what ${name} answers`);
    await lookOnce(agent, servers[name], reads[name]);
  }

  const callers = callersOf(places);
  const rounds = await measureRounds(
    Object.fromEntries(names.map((name) => [name, { ...servers[name], databasePid: pid }])),
    { ...roundsFor(places), say, refused: 0.01, sessionsFor: (name, order) => callers[name].forOrder(order) },
  );
  const restMegabytes = Object.fromEntries(names.map((name) => [name, rssMegabytes(servers[name].pid)]));

  const calls = {};
  for (const name of names) {
    say(`calls beside reads, ${name}`);
    calls[name] = await callsBesideReads(agent, servers[name], reads[name], callers[name], plan.calls);
  }

  const times = [];
  for (const [index, { name: read }] of reads[names[0]].entries()) {
    const each = {};
    for (const name of names) {
      const timed = (atOnce) => timeRead(agent, servers[name], reads[name][index], { ...plan, atOnce });
      each[name] = { alone: await timed(1), together: await timed(AT_ONCE) };
    }
    say(`${read}: ${names.map((name) => `${name} ${each[name].alone.p50Ms.toFixed(1)} ms`).join(', ')}`);
    times.push({ read, each });
  }
  const peaks = Object.fromEntries(names.map((name) => [name, peakMegabytes(servers[name].pid)]));
  return { rounds, calls, times, restMegabytes, peaks };
}

/** As many calls as the smallest size has idle sessions for. */
function roundsFor(places) {
  const { rounds, warmUp, count, calls } = plan;
  const least = Math.min(...Object.values(places).map(({ sessions }) => sessions));
  const left = least - warmUp - 2 * calls.turns * calls.rate * calls.seconds;
  if (left < rounds * 50) throw new Error(`expected sizes of at least 8k assignments, got ${least * 2}`);
  return { rounds, warmUp, inFlight: Number(flags['in-flight']), count: Math.min(count, Math.floor(left / rounds)) };
}

/** Sessions of the filled ones: for gets any, for each call the next that nobody has called, both far from each other in all indexes. */
function callersOf(places) {
  const callers = {};
  for (const [name, { sessions, rows }] of Object.entries(places)) {
    // Has no divisor in common with a size of round thousands, so the walk comes to every session before it comes to one again.
    const step = 7_654_321;
    let called = 0;
    const next = () => rows.sessionOf((called++ * step) % sessions);
    const take = (count) => Array.from({ length: count }, next);
    callers[name] = {
      take,
      forOrder({ kind, count }) {
        if (kind === 'create') return undefined;
        if (kind === 'answer') return take(count);
        return Array.from({ length: count }, () => rows.sessionOf(Math.floor(Math.random() * sessions)));
      },
    };
  }
  return callers;
}

function sizeOf(name) {
  const [, digits, unit] = /^(\d+)([km])$/.exec(name) ?? [];
  if (digits === undefined) throw new Error(`--sizes: expected assignments as in 10k,1m, got ${name}`);
  return { name, sessions: (Number(digits) * (unit === 'k' ? 1_000 : 1_000_000)) / 2 };
}
