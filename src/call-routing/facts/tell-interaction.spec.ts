import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { describeOnEachDatabase } from '../../../test/support/database.js';
import { ACCOUNT, clearSessions } from '../../../test/support/ground.js';
import type { Database } from '../../platform/database/database.js';
import { Events } from '../../platform/events/events.js';
import { CALLS, LEGS, type CallLeg, type MaskedCall } from '../call.entity.js';
import { ConversationNoted } from '../call-routing.events.js';
import { tellInteraction } from './tell-interaction.js';

const [CALL, SESSION] = ['0e9b8f6a-2f0d-4c1e-8a57-5a4c3b2d1e01', '0e9b8f6a-2f0d-4c1e-8a57-5a4c3b2d1e02'];
const CREATED = 1_000_000;
const HELD = 9_000_000;

interface Told {
  started_at: number;
  ended_at: number | null;
  busy_until: number;
  first_leg_uuid: string | null;
  second_leg_uuid: string | null;
  first_status: string | null;
  second_status: string | null;
  leg_count: number;
  duration: number;
  billed_duration: number;
  amount: number;
}

describeOnEachDatabase('what is told of a conversation', (open) => {
  let database: Database;
  let events: Events;
  let noted: ConversationNoted[];

  beforeAll(async () => {
    ({ database } = await open());
  });
  beforeEach(async () => {
    await clearSessions(database);
    events = new Events();
    noted = [];
    events.subscribe(ConversationNoted, async (_tx, event) => void noted.push(event));
  });

  const leg = (side: 'A' | 'B', known: Partial<CallLeg> = {}) => ({
    accountId: ACCOUNT,
    legUuid: side === 'A' ? 'leg-a' : 'leg-b',
    callId: CALL,
    sessionId: SESSION,
    side,
    role: side === 'A' ? ('first' as const) : ('second' as const),
    isAnswered: false,
    isConnected: false,
    isEnded: false,
    ...known,
  });
  const ended = (side: 'A' | 'B', known: Partial<CallLeg> = {}) => leg(side, { isEnded: true, ...known });
  async function call(known: Partial<MaskedCall>, legs: ReturnType<typeof leg>[], isTold = true): Promise<void> {
    await database.transaction(async (tx) => {
      await CALLS.insert(tx, {
        id: CALL,
        accountId: ACCOUNT,
        sessionId: SESSION,
        kind: 'inbound',
        aLegUuid: 'leg-a',
        callerRole: 'first',
        pinAttempts: 0,
        decision: 'connect',
        reason: 'party',
        answer: '',
        createdAt: CREATED,
        ...known,
      });
      for (const one of legs) await LEGS.insert(tx, one);
      if (isTold)
        await tx.query(
          `INSERT INTO interaction (id, session_id, started_at, busy_until, leg_count, duration, billed_duration, amount)
           VALUES (?, ?, 1, ?, 1, 0, 0, 0)`,
          [CALL, SESSION, HELD],
        );
    });
  }
  const tell = (now?: number): Promise<boolean> => database.transaction((tx) => tellInteraction(tx, events, CALL, now));
  async function told(known: Partial<MaskedCall>, legs: ReturnType<typeof leg>[], now?: number): Promise<Told> {
    await call(known, legs);
    await tell(now);
    return shown();
  }
  async function shown(): Promise<Told> {
    const [row] = await database.read<Told[]>((manager) => manager.query('SELECT * FROM interaction'));
    return row!;
  }
  const endOfCall = async (): Promise<unknown> =>
    (await database.read<{ ended_at: unknown }[]>((m) => m.query('SELECT ended_at FROM masked_call')))[0]?.ended_at;

  describe('begins', () => {
    it("when Plivo says that the caller's leg began, and otherwise when it was answered", async () => {
      expect(await told({}, [leg('A', { startedAt: 900_000 })])).toMatchObject({ started_at: 900_000 });
      await clearSessions(database);
      expect(await told({}, [leg('A'), leg('B', { startedAt: 900_000 })])).toMatchObject({ started_at: CREATED });
    });
  });

  describe('ends', () => {
    it.each([
      ['when Plivo says so', { endedAt: 1_060_000, startedAt: 1_000_500, duration: 7 }, 1_060_000],
      ['as long after its beginning as it lasted', { startedAt: 1_000_500, duration: 7 }, 1_007_500],
      ['as long after our answer as it lasted', { duration: 7 }, 1_007_000],
      ['with our answer, where nothing more is known', {}, CREATED],
    ])('with the leg of the caller: %s', async (_, known, end) => {
      const row = await told({}, [ended('A', known), leg('B')]);
      expect(row).toMatchObject({ ended_at: end, busy_until: end });
      expect(await endOfCall()).toBe(end);
    });

    it('not with the leg of the other party', async () => {
      expect(await told({}, [leg('A', { endedAt: 5 }), ended('B', { endedAt: 6 })])).toMatchObject({ ended_at: null });
      expect(await endOfCall()).toBeNull();
    });

    it('once: only the first who notes it is told so', async () => {
      await call({}, [ended('A')]);
      expect([await tell(), await tell()]).toEqual([true, false]);
    });

    it('also where it is no conversation of a session, of which nobody is told', async () => {
      await call({}, [ended('A', { endedAt: 1_060_000 })], false);
      expect(await tell()).toBe(false);
      expect(await endOfCall()).toBe(1_060_000);
      await clearSessions(database);
      await call({ sessionId: null }, [ended('A', { endedAt: 1_060_000 })]);
      expect(await tell()).toBe(false);
      expect(noted).toEqual([]);
      await clearSessions(database);
      expect(await tell()).toBe(false);
    });
  });

  describe('holds its session', () => {
    const now = 2_000_000;
    it('a minute longer at the most once the dialling is over, however it is known', async () => {
      for (const [known, legs] of [
        [{ dialStatus: 'busy' }, []],
        [{}, [leg('A'), ended('B')]],
      ] as const) {
        expect(await told(known, [...legs], now)).toMatchObject({ ended_at: null, busy_until: now + 60_000 });
        await clearSessions(database);
      }
    });

    it('no longer than before', async () => {
      expect(await told({ dialStatus: 'busy' }, [], HELD - 59_999)).toMatchObject({ busy_until: HELD });
    });

    it('as long as before while the other party rings or talks, and where it is not told when', async () => {
      expect(await told({}, [leg('A'), leg('B', { isAnswered: true })], now)).toMatchObject({ busy_until: HELD });
      await clearSessions(database);
      expect(await told({ dialStatus: 'completed' }, [ended('B')])).toMatchObject({ busy_until: HELD });
    });
  });

  it('names the legs by the roles of the parties, not by who called', async () => {
    const legs = [ended('A', { callStatus: 'cancel' }), ended('B', { hangupCauseCode: 3010 })];
    expect(await told({}, legs)).toMatchObject({
      first_leg_uuid: 'leg-a',
      second_leg_uuid: 'leg-b',
      first_status: 'cancel',
      second_status: 'busy',
    });
    await clearSessions(database);
    expect(await told({ callerRole: 'second' }, legs)).toMatchObject({
      first_leg_uuid: 'leg-b',
      second_leg_uuid: 'leg-a',
      first_status: 'busy',
      second_status: 'cancel',
    });
  });

  describe('of how a leg ended', () => {
    it('is nothing until it has', async () => {
      expect(await told({}, [leg('A', { isAnswered: true }), leg('B', { isAnswered: true })])).toMatchObject({
        first_status: null,
        second_status: null,
      });
    });

    it.each([
      ['it was reported', { isAnswered: true }],
      ['there is a time of it', { answeredAt: 5 }],
      ['it has a length', { duration: 1 }],
    ])('is completed, if it was answered: %s', async (_, known) => {
      const busy = { hangupCauseCode: 3010, callStatus: 'busy' };
      expect(await told({}, [ended('A', { ...busy, ...known }), ended('B', { ...busy, ...known })])).toMatchObject({
        first_status: 'completed',
        second_status: 'completed',
      });
    });

    it('of length 0 is what Plivo says of an unanswered one: code, words, status', async () => {
      const legs = [
        ended('A', { duration: 0, hangupCause: 'USER_BUSY', callStatus: 'failed' }),
        ended('B', { duration: 0, hangupCauseCode: 6010, hangupCause: 'USER_BUSY' }),
      ];
      expect(await told({}, legs)).toMatchObject({ first_status: 'busy', second_status: 'timeout' });
    });

    it.each([
      ['that was answered', 'busy', { isAnswered: true }, 'completed'],
      ['that was not', 'no-answer', {}, 'no-answer'],
    ])('that is still open when the dialling is over, %s', async (_, dialStatus, known, status) => {
      expect(await told({ dialStatus }, [leg('A'), leg('B', known)])).toMatchObject({ second_status: status });
    });

    it.each([
      ['busy', 'busy'],
      // Both talked, so there is a leg, whose end is still to be told.
      ['completed', null],
      [null, null],
    ])('of which nothing is known is what the dialling came to: %s', async (dialStatus, status) => {
      expect(await told({ dialStatus }, [leg('A')])).toMatchObject({ second_status: status, second_leg_uuid: null });
    });
  });

  it('names, of several phones that rang, the one that was answered, and otherwise the first', async () => {
    const two = (known: Partial<CallLeg>) => [leg('A'), ended('B'), ended('B', { legUuid: 'leg-c', ...known })];
    expect(await told({}, two({ isAnswered: true }))).toMatchObject({ second_leg_uuid: 'leg-c', leg_count: 3 });
    await clearSessions(database);
    expect(await told({}, two({}))).toMatchObject({ second_leg_uuid: 'leg-b' });
  });

  it('adds up what is known of all legs', async () => {
    const legs = [
      ended('A', { duration: 32, billedDuration: 60, amount: 8_500 }),
      ended('B', { duration: 31, billedDuration: 120, amount: 12_000 }),
    ];
    expect(await told({}, legs)).toMatchObject({ duration: 63, billed_duration: 180, amount: 20_500, leg_count: 2 });
    await clearSessions(database);
    expect(await told({}, [leg('A', { duration: 5 }), leg('B')])).toMatchObject({
      duration: 5,
      billed_duration: 0,
      amount: 0,
    });
  });

  it("is at least one leg, the caller's, although nothing is known of it yet", async () => {
    expect(await told({}, [])).toMatchObject({ leg_count: 1, first_leg_uuid: 'leg-a' });
  });

  it('is announced each time', async () => {
    await call({}, [leg('A')]);
    await tell();
    await tell();
    const event = new ConversationNoted(ACCOUNT, SESSION, CALL);
    expect(noted).toEqual([event, event]);
  });
});
