import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { queueCallbacks } from './callback-backlog.mjs';
import { EVENTS_A_CALL, openSessions, playCall, sender } from './callback-facts.mjs';
import { newPlace, onEachKind, startAt } from './callback-places.mjs';
import { startReceivers } from './callback-receivers.mjs';
import { percentile, promises, say, table } from './callback-report.mjs';
import { openStore } from './callback-store.mjs';

// What one receiver that hangs, with thousands of callbacks queued for it, costs the others.

const RECEIVERS = 50;
const QUEUED = { sessions: 1000, perSession: 10 };
const STEADY_A_SECOND = 50;
const ROUND_SECONDS = 10;
const WARM_UP_CALLS = 20;
const ROUNDS = 3;
/** Differences below this are the machine's. */
const NOISE_MS = 25;
const MOST_TIMES = 2;
const LIMIT_MS = 10_000;

const { values: flags } = parseArgs({ options: { only: { type: 'string' } } });

await onEachKind('Callbacks: fairness', flags.only, async (kind) => {
  const places = { without: await newPlace(kind), with: await newPlace(kind) };
  const receivers = await startReceivers(RECEIVERS);
  await receivers.behave(['hanging', 'healthy']);
  say('queueing for the receiver that hangs');
  await queueCallbacks(places.with, { url: receivers.urls[0], ...QUEUED });

  const rounds = [];
  let from = 0;
  for (let index = 0; index < ROUNDS; index++) {
    // Who comes first finds the machine idler, so they take turns.
    const names = index % 2 === 0 ? ['without', 'with'] : ['with', 'without'];
    for (const name of names) {
      say(`round ${index + 1}, ${name} the receiver that hangs`);
      rounds.push({ name, ...(await measureRound(places[name], receivers, from)) });
    }
    from += WARM_UP_CALLS + callsOfRound();
  }
  receivers.stop();
  print(rounds);
});

/** The service starts anew in each round: the queued ones are due, and the lane that hangs has all its slots again. */
async function measureRound(place, receivers, from) {
  const service = await startAt(place);
  const store = await openStore(place.databaseUrl);
  const send = sender(() => [service.origin]);
  const sessions = await openSessions(
    send,
    { from, count: WARM_UP_CALLS + callsOfRound() },
    (n) => receivers.urls[1 + (n % (RECEIVERS - 1))],
  );
  for (const session of sessions.splice(0, WARM_UP_CALLS)) await playCall(send, session);
  await receivers.takeJournal();

  const startedAt = Date.now();
  const running = [];
  for (const [index, session] of sessions.entries()) {
    await delay(Math.max(0, startedAt + (index * EVENTS_A_CALL * 1000) / STEADY_A_SECOND - Date.now()));
    running.push(playCall(send, session));
  }
  // A caller who is refused makes no events.
  const taken = (await Promise.all(running)).filter((callId) => callId !== null).length;
  const mine = await waitForAll(store, receivers, startedAt, taken * EVENTS_A_CALL);
  await store.close();
  await service.kill();
  return mine;
}

function callsOfRound() {
  return Math.round((ROUND_SECONDS * STEADY_A_SECOND) / EVENTS_A_CALL);
}

async function waitForAll(store, receivers, startedAt, expected) {
  const first = new Map();
  const deadline = Date.now() + LIMIT_MS;
  let hung = 0;
  for (;;) {
    for (const { id, at, receiver } of await receivers.takeJournal()) {
      if (receiver === 0) hung++;
      else if (!first.has(id)) first.set(id, at);
    }
    const rows = await store.rows(`SELECT id, created_at FROM callback WHERE created_at >= ${startedAt}`);
    const found = rows.filter(({ id }) => first.has(id));
    if (found.length >= expected || Date.now() > deadline)
      return { expected, hung, lateMs: found.map(({ id, created_at: at }) => first.get(id) - Number(at)) };
    await delay(200);
  }
}

function print(rounds) {
  const lateOf = (name) => rounds.filter((round) => round.name === name).flatMap(({ lateMs }) => lateMs);
  const figures = (values) => [0.5, 0.99, 1].map((share) => percentile(values, share).toFixed(0));
  table([
    ['49 receivers, one hanging', 'callbacks', 'p50 ms', 'p99 ms', 'most ms', 'attempts that hang'],
    ...rounds.map(({ name, lateMs, hung }) => [name, lateMs.length, ...figures(lateMs), hung]),
    ...['without', 'with'].map((name) => [`${name}, all rounds`, lateOf(name).length, ...figures(lateOf(name)), '']),
  ]);
  // Of the best round, as a busy machine only ever adds.
  const [without, beside] = ['without', 'with'].map((name) =>
    Math.min(...rounds.filter((round) => round.name === name).map(({ lateMs }) => percentile(lateMs, 0.99))),
  );
  const missing = rounds.reduce((sum, { expected, lateMs }) => sum + Math.max(0, expected - lateMs.length), 0);
  promises([
    {
      promise: `p99 of the others, best round, ≤ ${MOST_TIMES} × without, or within ${NOISE_MS} ms of it`,
      seen: `${(beside / without).toFixed(2)} ×, ${(beside - without).toFixed(0)} ms`,
      isKept: beside <= Math.max(MOST_TIMES * without, without + NOISE_MS),
    },
    { promise: 'the others get everything', seen: `${missing} missing`, isKept: missing === 0 },
  ]);
}
