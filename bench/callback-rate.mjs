import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { queueCallbacks } from './callback-backlog.mjs';
import { EVENTS_A_CALL, openSessions, playCall, sender } from './callback-facts.mjs';
import { newPlace, onEachKind, startAt } from './callback-places.mjs';
import { startReceivers } from './callback-receivers.mjs';
import { percentile, promises, say, table } from './callback-report.mjs';
import { countOf, openStore } from './callback-store.mjs';
import { cpuMicros } from './servers.mjs';

// How fast one process empties a backlog for one fast receiver, and how soon it delivers what happens now.

const BACKLOG = { sessions: 1000, perSession: 5 };
const STEADY_A_SECOND = 50;
const STEADY_SECONDS = 30;
const WARM_UP_CALLS = 20;
const AIMS = { drainASecond: 300, steadyP99Ms: 500 };
const LIMIT_MS = 120_000;

const { values: flags } = parseArgs({ options: { only: { type: 'string' } } });

await onEachKind('Callbacks: rate of one process', flags.only, async (kind) => {
  const place = await newPlace(kind);
  const receivers = await startReceivers(1);
  const [url] = receivers.urls;
  say('queueing a backlog');
  await queueCallbacks(place, { url, ...BACKLOG });
  const service = await startAt(place);
  const store = await openStore(place.databaseUrl);
  try {
    const drain = await measureDrain(service, store, receivers);
    const steady = await measureSteady(service, store, receivers);
    table([
      ['', 'callbacks', 'a second', 'p50 ms', 'p99 ms', 'most ms', 'CPU µs each'],
      ['drain of a backlog', drain.count, drain.perSecond.toFixed(0), '-', '-', '-', drain.cpuMicros.toFixed(0)],
      [
        'steady, commit to first attempt',
        steady.count,
        steady.perSecond.toFixed(0),
        ...[0.5, 0.99, 1].map((share) => percentile(steady.lateMs, share).toFixed(0)),
        steady.cpuMicros.toFixed(0),
      ],
    ]);
    promises([
      {
        promise: `a backlog is drained at ≥ ${AIMS.drainASecond} a second`,
        seen: drain.perSecond.toFixed(0),
        isKept: drain.perSecond >= AIMS.drainASecond,
      },
      {
        promise: `at ${STEADY_A_SECOND} events a second p99 ≤ ${AIMS.steadyP99Ms} ms`,
        seen: `${percentile(steady.lateMs, 0.99).toFixed(0)} ms`,
        isKept: percentile(steady.lateMs, 0.99) <= AIMS.steadyP99Ms,
      },
      {
        promise: 'nothing is left, nothing is sent twice',
        seen: `${drain.left + steady.left} left, ${drain.twice + steady.twice} twice`,
        isKept: drain.left + steady.left + drain.twice + steady.twice === 0,
      },
    ]);
  } finally {
    await store.close();
    await service.stop();
    receivers.stop();
  }
});

/** From the first request to the last; the service has just begun to work. */
async function measureDrain(service, store, receivers) {
  const total = BACKLOG.sessions * BACKLOG.perSession;
  const cpuBefore = cpuMicros(service.pid);
  const left = await drained(store);
  const cpu = cpuMicros(service.pid) - cpuBefore;
  const journal = await receivers.takeJournal();
  const seconds = (journal.at(-1).at - journal[0].at) / 1000;
  const count = new Set(journal.map(({ id }) => id)).size;
  return {
    count,
    left: left + total - count,
    twice: journal.length - count,
    perSecond: count / seconds,
    cpuMicros: cpu / count,
  };
}

/** Calls come at even intervals, each in a session of its own, whatever becomes of those before. */
async function measureSteady(service, store, receivers) {
  const send = sender(() => [service.origin]);
  const calls = Math.round((STEADY_SECONDS * STEADY_A_SECOND) / EVENTS_A_CALL);
  const sessions = await openSessions(send, { from: 0, count: WARM_UP_CALLS + calls }, () => receivers.urls[0]);
  for (const session of sessions.splice(0, WARM_UP_CALLS)) await playCall(send, session);
  await drained(store);
  await receivers.takeJournal();

  say(`${STEADY_SECONDS} s of steady load`);
  const cpuBefore = cpuMicros(service.pid);
  const startedAt = Date.now();
  const running = [];
  for (const [index, session] of sessions.entries()) {
    await delay(Math.max(0, startedAt + (index * EVENTS_A_CALL * 1000) / STEADY_A_SECOND - Date.now()));
    running.push(playCall(send, session));
  }
  const taken = (await Promise.all(running)).filter((callId) => callId !== null).length;
  const seconds = (Date.now() - startedAt) / 1000;
  const left = await drained(store);
  const cpu = cpuMicros(service.pid) - cpuBefore;

  const journal = await receivers.takeJournal();
  const first = new Map(journal.toReversed().map(({ id, at }) => [id, at]));
  const rows = await store.rows(`SELECT id, created_at FROM callback WHERE created_at >= ${startedAt}`);
  const lateMs = rows.filter(({ id }) => first.has(id)).map(({ id, created_at: at }) => first.get(id) - Number(at));
  return {
    count: rows.length,
    left: left + Math.max(0, taken * EVENTS_A_CALL - lateMs.length),
    twice: journal.length - first.size,
    perSecond: rows.length / seconds,
    lateMs,
    cpuMicros: cpu / rows.length,
  };
}

/** Waits until nothing is pending; returns how much still is. */
async function drained(store) {
  const deadline = Date.now() + LIMIT_MS;
  for (;;) {
    const left = await countOf(store, "callback WHERE status = 'pending'");
    if (left === 0 || Date.now() > deadline) return left;
    await delay(200);
  }
}
