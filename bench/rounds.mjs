import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { cpuMicros } from './servers.mjs';

const LOAD = fileURLToPath(new URL('load.mjs', import.meta.url));
const KINDS = ['create', 'get', 'answer'];
/** A get is so much cheaper than a create that its round would be over too soon. */
const GETS_PER_CREATE = 3;
const WARM_UP = { quick: 100, full: 1_000 };
const QUICK_COUNT = 200;
const ROUND_SECONDS = 3;
const COUNT_LIMITS = { min: 500, max: 15_000 };
const ROUNDS = { quick: 2, full: 5 };

/**
 * Interleaved rounds of a fixed number of requests: both servers do the same requests, in the same order, on databases that have grown alike. A fixed
 * time would give the faster one the bigger database. `refused` is the share of answers that may be spoken refusals: on a machine that does other
 * work a call now and then waits too long. `sessionsFor` names the sessions that are read or called, where not those of the round's creates.
 */
export async function measureRounds(
  servers,
  { isQuick = false, say, rounds: wanted, warmUp: warmed, count: asked, from = 0, inFlight, refused = 0, sessionsFor },
) {
  const load = startLoad();
  const inTurn = Object.keys(servers);
  try {
    const oneRound = async (count, names) => {
      const round = {};
      for (const kind of KINDS) {
        round[kind] = {};
        for (const name of names) {
          const sessions = sessionsFor?.(name, { kind, from, count });
          round[kind][name] = await measured(load, servers[name], { kind, from, count, inFlight, refused, sessions });
        }
      }
      from += count;
      return round;
    };

    const warmUp = await oneRound(warmed ?? (isQuick ? WARM_UP.quick : WARM_UP.full), inTurn);
    const count = asked ?? (isQuick ? QUICK_COUNT : countFor(warmUp));
    say(`${count} creates and answers, ${count * GETS_PER_CREATE} gets a round`);
    const rounds = [];
    for (let index = 0; index < (wanted ?? (isQuick ? ROUNDS.quick : ROUNDS.full)); index++) {
      // Who comes first finds the processor cooler or the disk idler, so they take turns.
      rounds.push(await oneRound(count, index % 2 === 0 ? inTurn : inTurn.toReversed()));
      say(describe(rounds.at(-1), index));
    }
    return rounds;
  } finally {
    load.stop();
  }
}

async function measured(load, { origin, pid, databasePid }, { kind, count: creates, refused, ...order }) {
  const pids = [pid, databasePid];
  const before = pids.map(cpuMicros);
  const count = kind === 'get' ? creates * GETS_PER_CREATE : creates;
  const result = await load.run({ ...order, origin, kind, count });
  const after = pids.map(cpuMicros);
  if (result.failed > (kind === 'answer' ? refused * count : 0))
    throw new Error(`${result.failed} of ${result.count} ${kind} requests failed: ${result.wrong}`);
  return {
    perSecond: (result.count / result.elapsedMs) * 1000,
    p50Ms: result.p50Ms,
    p99Ms: result.p99Ms,
    cpuMicros: microsEach(before[0], after[0], result.count),
    // Of the database's own process, where `databasePid` names one; whoever else uses it is in here too.
    databaseMicros: microsEach(before[1], after[1], result.count),
  };
}

function microsEach(before, after, count) {
  return before === null || after === null ? null : (after - before) / count;
}

function countFor(warmUp) {
  const slowest = Math.min(...KINDS.flatMap((kind) => Object.values(warmUp[kind]).map((one) => one.perSecond)));
  return Math.round(Math.min(Math.max(slowest * ROUND_SECONDS, COUNT_LIMITS.min), COUNT_LIMITS.max));
}

function describe(round, index) {
  const rates = KINDS.map((kind) => {
    const each = Object.values(round[kind]).map(({ perSecond }) => perSecond.toFixed(0));
    return `${kind} ${each.join(' : ')}`;
  });
  return `round ${index + 1}, ${Object.keys(round.create).join(' : ')} a second: ${rates.join(', ')}`;
}

function startLoad() {
  const child = fork(LOAD);
  const died = once(child, 'exit').then(() => [{ error: 'the load generator ended' }]);
  return {
    async run(order) {
      child.send(order);
      const [{ result, error }] = await Promise.race([once(child, 'message'), died]);
      if (error) throw new Error(error);
      return result;
    },
    stop: () => child.kill(),
  };
}
