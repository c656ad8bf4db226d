import { AsyncLocalStorage } from 'node:async_hooks';
import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { ChangeNumber } from '../../src/number-pool/index.js';
import type { Database } from '../../src/platform/database/database.js';
import { newId } from '../../src/platform/ids.js';
import { readAnswerWebhook } from '../../src/plivo/index.js';
import { CallStarted } from '../../src/call-routing/call-routing.events.js';
import { SessionEnded, SessionOpened, SessionUpdated } from '../../src/sessions/sessions.events.js';
import type { SessionRecord } from '../../src/sessions/session-record.js';
import { callsOn } from '../support/calls.js';
import { describeOnEachDatabase } from '../support/database.js';
import { ACCOUNT, addNumbers, clearSessions, FakeClock, party, usNumbers } from '../support/ground.js';
import { firstRefused, hasSpin, type TraceEvent } from './accepts.js';

const UNIT_MS = 10_000;
const EXPIRY = 6;
const COOL_OFF = 3;
const ROUNDS = 14;
const AT_ONCE = 3;
const SETTINGS = { session_expiry: EXPIRY * 10, virtual_number_cooloff_period: COOL_OFF * 10 };
const numbers = usNumbers(2);
const there = await hasSpin();

/** Whatever a run did that was committed, in an order in which it could have happened one after the other. */
type Noted = Omit<TraceEvent, 'session'> & { at: number; sessionId: string };

/** Told inside the transaction, when it holds what it has written; of a transaction that was repeated the last time counts. */
const attempt = new AsyncLocalStorage<Map<string, { at: number; session: SessionRecord | null; role?: string }>>();

// Without spin nothing can be compared; CI has it.
describeOnEachDatabase(
  `what really happens is possible in the model${there ? '' : ' (spin or gcc is missing)'}`,
  (open) => {
    const withSpin = there ? it : it.skip;
    let database: Database;

    beforeAll(async () => {
      ({ database } = await open());
    });
    beforeEach(async () => {
      await clearSessions(database);
      await addNumbers(database, numbers);
    });

    /** Requests at random, `AT_ONCE` at a time, by two processes. */
    async function record(seed: number): Promise<TraceEvent[]> {
      const clock = new FakeClock();
      const begin = clock.now();
      const processes = [callsOn(database, { clock }), callsOn(database, { clock })];
      const changeNumber = new ChangeNumber(database, clock);
      const numberIds = await database.read((manager) =>
        manager.query<{ id: number }[]>('SELECT id FROM virtual_number ORDER BY id'),
      );
      const noted: Noted[] = [];
      const opened: SessionRecord[] = [];
      let order = 0;
      const random = generator(seed);
      const units = (instant: number): number => (instant - begin) / UNIT_MS;
      const partyOf = (number: string | null): number =>
        [1, 2, 3].find((one) => party(one) === `+${number?.replace('+', '')}`) ?? 0;
      const numberOf = ({ virtualNumberId }: SessionRecord): number =>
        numberIds.findIndex(({ id }) => Number(id) === virtualNumberId);

      const note = (key: string, session: SessionRecord | null, role?: string): void => {
        attempt.getStore()?.set(key, { at: ++order, session, ...(role ? { role } : {}) });
      };
      for (const {
        sessions: { events },
      } of processes) {
        events.subscribe(SessionOpened, async (_tx, { session }) => note('create', session));
        events.subscribe(SessionUpdated, async () => note('changed', null));
        events.subscribe(SessionEnded, async (_tx, { sessionId }) => note(`end ${sessionId}`, null));
        events.subscribe(CallStarted, async (_tx, { session, callerRole }) => note('answer', session, callerRole));
      }

      const blank = () => ({
        time: units(clock.now()),
        number: 0,
        first: 0,
        second: 0,
        length: 0,
        expires: 0,
        dialled: 0,
      });
      const of = (session: SessionRecord) => ({
        ...blank(),
        number: numberOf(session),
        sessionId: session.id,
        first: partyOf(session.parties.first),
        second: partyOf(session.parties.second),
        expires: units(session.expiresAt),
      });
      const refusedOr = async <T>(work: Promise<T>): Promise<T | null> =>
        work.catch((error: { kind?: string }) => {
          if (error.kind === undefined) throw error;
          return null;
        });

      const requests = [
        async ({ sessions }: (typeof processes)[number]) => {
          const pairs = [
            { first_party: party(1), second_party: party(2) },
            { first_party: party(1), second_party: party(3) },
          ];
          const single = { first_party: party(3), create_session_with_single_party: true };
          const told = new Map<string, { at: number; session: SessionRecord | null }>();
          const body = { ...SETTINGS, ...[...pairs, single][random(3)] };
          const session = await attempt.run(told, () => refusedOr(sessions.open(body)));
          const last = [...told.values()].at(-1);
          if (!session || !last) return;
          if (session.renewals === 0) opened.push(session);
          noted.push({ ...of(session), op: 'create', at: last.at, length: EXPIRY });
        },
        async ({ sessions }: (typeof processes)[number]) => {
          const known = opened.filter(({ settings }) => settings.create_session_with_single_party).at(-1);
          if (!known) return;
          const told = new Map<string, { at: number; session: SessionRecord | null }>();
          const changed = random(2) === 0 ? {} : { session_expiry: SETTINGS.session_expiry };
          const session = await attempt.run(told, () =>
            refusedOr(sessions.update(known.id, { second_party: party(1 + random(2)), ...changed })),
          );
          const last = told.get('changed');
          if (session && last)
            noted.push({ ...of(session), op: 'update', at: last.at, length: 'session_expiry' in changed ? EXPIRY : 0 });
        },
        async ({ sessions }: (typeof processes)[number]) => {
          const known = opened.at(-1 - random(2));
          if (!known) return;
          const told = new Map<string, { at: number; session: SessionRecord | null }>();
          await attempt.run(told, () => refusedOr(sessions.end(known.id)));
          const last = told.get(`end ${known.id}`);
          if (last) noted.push({ ...of(known), op: 'end', at: last.at, expires: units(clock.now()) });
        },
        async ({ sessions }: (typeof processes)[number]) => {
          const told = new Map<string, { at: number; session: SessionRecord | null }>();
          await attempt.run(told, () => sessions.expireDue.run());
          for (const [key, { at }] of told) {
            const session = await database.transaction((tx) =>
              sessions.records.lock(tx, { accountId: ACCOUNT, subaccountId: null }, key.slice(4)),
            );
            if (session) noted.push({ ...of(session), op: 'tick', at });
          }
        },
        async ({ answerCall }: (typeof processes)[number]) => {
          const caller = 1 + random(3);
          const number = random(2);
          const params = {
            CallUUID: newId(),
            From: party(caller),
            To: numbers[number]!,
            Direction: 'inbound',
            CallStatus: 'ringing',
          };
          const webhook = {
            accountId: ACCOUNT,
            nonce: newId(),
            params: new Map(Object.entries(params)),
            contentHash: 'content',
          };
          const told = new Map<string, { at: number; session: SessionRecord | null; role?: string }>();
          const xml = await attempt.run(told, () =>
            answerCall.run(webhook, readAnswerWebhook(webhook.params)!, () => true),
          );
          const last = told.get('answer');
          const dialled = partyOf(/<Number[^>]*>([^<]*)<\/Number>/.exec(xml)?.[1] ?? null);
          // Strangers whom an open session takes are not in the model.
          const isParty = last?.session && partyOf(last.session.parties[last.role as 'first' | 'second']) === caller;
          if (last?.session && isParty && dialled !== 0)
            noted.push({
              ...of(last.session),
              op: 'answer',
              number,
              first: caller,
              second: 0,
              expires: 0,
              dialled,
              at: last.at,
            });
        },
      ];

      for (let round = 0; round < ROUNDS; round++) {
        const chosen = Array.from({ length: AT_ONCE }, () => requests[[0, 0, 0, 1, 1, 2, 3, 4, 4, 4][random(10)]!]!);
        await Promise.all(chosen.map((request, index) => request(processes[index % 2]!)));
        if (round === ROUNDS - 4) {
          await database.transaction((tx) => changeNumber.run(tx, numbers[0]!, { status: 'draining' }));
          noted.push({ ...blank(), op: 'drain', at: ++order, sessionId: '' });
        }
        clock.advance(random(4) * UNIT_MS);
      }
      return inOrder(noted);
    }

    withSpin('in random runs of two processes, three requests at once', async () => {
      const ops = new Set<string>();
      for (const seed of [1, 2, 3, 4]) {
        await clearSessions(database);
        await addNumbers(database, numbers);
        const trace = await record(seed);
        for (const { op } of trace) ops.add(op);
        const refused = await firstRefused(trace, COOL_OFF);
        expect({ seed, refused: refused === null ? null : trace.slice(0, refused + 1) }).toEqual({
          seed,
          refused: null,
        });
      }
      expect([...ops].sort()).toEqual(['answer', 'create', 'drain', 'end', 'tick', 'update']);
    });
  },
);

const event = (op: TraceEvent['op'], given: Partial<TraceEvent>): TraceEvent => ({
  op,
  time: 0,
  number: 0,
  session: 0,
  first: 0,
  second: 0,
  length: 0,
  expires: 0,
  dialled: 0,
  ...given,
});
const lent = (given: Partial<TraceEvent>) =>
  event('create', { session: 1, first: 1, second: 2, length: 6, expires: 6, ...given });
const answered = (given: Partial<TraceEvent>) => event('answer', { session: 1, first: 1, dialled: 2, ...given });

/** `refused`: index of the first event that the model has no step for. */
(there ? it : it.skip).each<{ name: string; trace: TraceEvent[]; refused: number | null }>([
  { name: 'nothing but a session and its call', trace: [lent({}), answered({ time: 5 })], refused: null },
  { name: 'a party lent twice on a number', trace: [lent({}), lent({ session: 2, second: 3 })], refused: 1 },
  { name: 'the same pair lent another number', trace: [lent({}), lent({ session: 2, number: 1 })], refused: 1 },
  {
    name: 'a number lent before it has cooled off',
    trace: [lent({}), lent({ session: 2, second: 3, time: 8, expires: 14 })],
    refused: 1,
  },
  {
    name: 'a number lent when it has',
    trace: [lent({}), lent({ session: 2, second: 3, time: 9, expires: 15 })],
    refused: null,
  },
  { name: 'an answer when time is up', trace: [lent({}), answered({ time: 6 })], refused: 1 },
  { name: 'an answer to somebody else', trace: [lent({}), answered({ dialled: 3 })], refused: 1 },
  {
    name: 'an answer after the end',
    trace: [lent({}), event('end', { session: 1, time: 1, expires: 1 }), answered({ time: 1 })],
    refused: 2,
  },
  { name: 'a tick before its time', trace: [lent({}), event('tick', { session: 1, time: 5, expires: 6 })], refused: 1 },
  { name: 'a withdrawn number lent', trace: [event('drain', {}), lent({})], refused: 1 },
  { name: 'a number removed under a session', trace: [lent({}), event('remove', { time: 5 })], refused: 1 },
  {
    name: 'an expiry that nobody asked for',
    trace: [lent({}), event('update', { session: 1, second: 3, time: 1, expires: 7 })],
    refused: 1,
  },
])('$name: the model refuses $refused', async ({ trace, refused }) => {
  expect(await firstRefused(trace, COOL_OFF)).toBe(refused);
});

/** Sessions by the order of their opening. */
function inOrder(noted: Noted[]): TraceEvent[] {
  const sessions = new Map<string, number>();
  return [...noted]
    .sort((left, right) => left.at - right.at)
    .map(({ at: _, sessionId, ...rest }) => {
      if (sessionId !== '' && !sessions.has(sessionId)) sessions.set(sessionId, sessions.size + 1);
      return { ...rest, session: sessions.get(sessionId) ?? 0 };
    });
}

function generator(seed: number): (below: number) => number {
  let state = seed * 2_654_435_761;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
