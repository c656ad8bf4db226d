import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { checkDelivered, checkFaultPhase } from './callback-checks.mjs';
import { admin, EVENTS_A_CALL, openSession, playCall, sender } from './callback-facts.mjs';
import { newPlace, onEachKind, startAt } from './callback-places.mjs';
import { startReceivers } from './callback-receivers.mjs';
import { percentile, promises, say, table } from './callback-report.mjs';
import { countOf, openStore } from './callback-store.mjs';

// Twenty thousand events to receivers that fail in every way, from a service that is killed every few seconds.

const RECEIVERS = 20;
const { values: flags } = parseArgs({
  options: { only: { type: 'string' }, sessions: { type: 'string', default: '840' } },
});
const SESSIONS = Number(flags.sessions);
const CALLS_A_SESSION = 4;
const SESSIONS_AT_ONCE = 8;
/** How long a process lives between two kills. */
const KILL_AFTER_MS = 8000;
/** After the last call is told; much of what they caused is still to be delivered then. */
const KILLS_GO_ON_MS = 20_000;
const LEASE_MS = 60_000;
/** No longer wait than this is waited for: what comes later (the schedule's 5 min) is brought forward by the replay. */
const SOON_MS = LEASE_MS + 20_000;
const REDIAL_MS = 300;
const SAID_EVERY = 200;
const PHASE_LIMIT_MS = 200_000;
const PROCESSES = { sqlite: 1, mysql: 2 };

/** Repeats asked for by a session's URL: parked after the first attempt, after the second, or on the schedule's five minutes. */
function repeatsOf(n) {
  if (n % 10 === 0) return 2;
  return n % 4 === 1 ? 0 : 1;
}

await onEachKind('Callbacks: faults', flags.only, async (kind) => {
  const place = await newPlace(kind);
  const receivers = await startReceivers(RECEIVERS);
  await receivers.behave(['faulty']);
  const fleet = await startFleet(place, PROCESSES[kind]);
  const store = await openStore(place.databaseUrl);
  const times = { beganAt: Date.now() };

  say('calls, with processes killed');
  const killing = fleet.keepKilling();
  const told = await tellAll(sender(fleet.origins), receivers.urls);
  times.toldAt = Date.now();
  await delay(KILLS_GO_ON_MS);
  await killing.stop();
  say('no more kills');
  await settledSoon(store);
  const journal = await receivers.takeJournal();
  const before = await factsOf(store);
  times.settledAt = Date.now();

  say('receivers are well, everything is replayed, one more kill');
  await receivers.behave(['healthy']);
  const replays = await replayAll(store, sender(fleet.origins), fleet);
  times.replayedAt = Date.now();
  const later = await receivers.takeJournal();
  const after = await factsOf(store);
  await store.close();
  await fleet.stop();
  receivers.stop();
  print({ told, journal, later, before, after, times, replays, kills: fleet.kills() });
});

async function startFleet(place, count) {
  const slots = [];
  for (let index = 0; index < count; index++) slots.push(await startAt(place));
  let kills = 0;
  const replace = async (index) => {
    const victim = slots[index];
    slots[index] = null;
    await victim.kill();
    kills++;
    slots[index] = await startAt(place);
  };
  return {
    origins: () => slots.filter((slot) => slot !== null).map(({ origin }) => origin),
    kills: () => kills,
    replace,
    /** One after the other, so that where there are two one is alive. */
    keepKilling() {
      const end = new AbortController();
      const loop = (async () => {
        for (let turn = 0; !end.signal.aborted; turn++) {
          await delay(KILL_AFTER_MS, null, { signal: end.signal }).catch(() => undefined);
          if (!end.signal.aborted) await replace(turn % count);
        }
      })();
      return {
        stop() {
          end.abort();
          return loop;
        },
      };
    },
    stop: () => Promise.all(slots.map((slot) => slot?.stop())),
  };
}

/** All calls of all sessions; the calls of a session one after the other. Returns what the service has acknowledged. */
async function tellAll(send, urls) {
  const told = { repeats: new Map(), calls: [], refused: 0 };
  let next = 0;
  const worker = async () => {
    for (let n = next++; n < SESSIONS; n = next++) {
      const repeats = repeatsOf(n);
      const url = `${urls[n % urls.length]}?customer=${n}#rc=${repeats}&rt=500&tt=1000`;
      const session = await openSession(send, n, url);
      told.repeats.set(session.id, repeats);
      for (let count = 0; count < CALLS_A_SESSION;) {
        const callId = await playCall(send, session);
        if (callId !== null) {
          count++;
          told.calls.push(callId);
          if (told.calls.length % SAID_EVERY === 0) say(`${told.calls.length} calls told`);
          continue;
        }
        // A process that has just started answers late, and then refuses: the caller tries again.
        told.refused++;
        await delay(REDIAL_MS);
      }
    }
  };
  await Promise.all(Array.from({ length: SESSIONS_AT_ONCE }, worker));
  return told;
}

/** Until no delivery is due within the time that a dead process's lease lasts. */
function settledSoon(store) {
  return noneOf(store, () => `run_at < ${Date.now() + SOON_MS}`);
}

/** Until no delivery runs or is due; what waits for its schedule goes on waiting. */
function settledNow(store) {
  return noneOf(store, () => `(lease IS NOT NULL OR run_at < ${Date.now() + 1000})`);
}

async function noneOf(store, condition) {
  const deadline = Date.now() + PHASE_LIMIT_MS;
  while (Date.now() < deadline) {
    const found = await countOf(
      store,
      `job WHERE kind = 'callbacks.deliver' AND status = 'waiting' AND ${condition()}`,
    );
    if (found === 0) return;
    await delay(500);
  }
}

/**
 * First what is parked, until nothing is: a replay of what still waits could overtake an earlier one that is parked. A replay that is cut off by the kill is
 * asked for again.
 */
async function replayAll(store, send, fleet) {
  const deadline = Date.now() + PHASE_LIMIT_MS;
  let requests = 0;
  for (const status of ['parked', 'pending']) {
    while (Date.now() < deadline && (await countOf(store, `callback WHERE status = '${status}'`)) > 0) {
      const { queued } = await admin(send, 'POST', '/callbacks/replay', { status });
      say(`replay of ${queued} ${status}`);
      if (++requests === 1) {
        await delay(1000);
        await fleet.replace(0);
      }
      // A request is a job first.
      await delay(1000);
      await settledNow(store);
    }
  }
  return requests;
}

async function factsOf(store) {
  const callbacks = await store.rows(
    'SELECT id, session_id, call_id, stream, sequence, event, status, attempts, tries, outcome, created_at FROM callback',
  );
  const streams = await store.rows('SELECT session_id, stream, last_sequence FROM callback_stream');
  return { callbacks, streams };
}

function print({ told, journal, later, before, after, times, replays, kills }) {
  const seconds = (from, to) => ((times[to] - times[from]) / 1000).toFixed(0);
  const faulty = checkFaultPhase({ told, journal, facts: before });
  const final = checkDelivered({ told, journal, later, before, facts: after, eventsACall: EVENTS_A_CALL });
  table([
    ['events', after.callbacks.length],
    ['of calls whose webhooks were all taken', told.calls.length * EVENTS_A_CALL],
    ['calls refused', told.refused],
    ['processes killed', kills],
    ['calls told in, s', seconds('beganAt', 'toldAt')],
    ['then settled in, s', seconds('toldAt', 'settledAt')],
    ['replayed in, s (requests)', `${seconds('settledAt', 'replayedAt')} (${replays})`],
    ['attempts that reached a receiver: faults, replay', `${journal.length}, ${later.length}`],
    ['before the replay: delivered, parked, pending', faulty.statuses],
    ['answered 2xx more than once: faults, replay', `${faulty.twice}, ${final.twice}`],
    ...Object.entries(faulty.deeds).map(([deed, count]) => [`receivers: ${deed}`, count]),
  ]);
  const figures = (values) => [values.length, ...[0.5, 0.99, 1].map((share) => percentile(values, share).toFixed(0))];
  table([
    ['commit to first attempt, ms', 'events', 'p50', 'p99', 'most'],
    ['all (most wait for one before them)', ...figures(faulty.lateMs)],
    ['first of their stream', ...figures(faulty.firstLateMs)],
    ['first of their stream, no kill in the way', ...figures(faulty.firstLateMs.filter((late) => late < 5000))],
  ]);
  promises([...faulty.promises, ...final.promises]);
}
