import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { callsOn } from '../../test/support/calls.js';
import { callbacksOn, startReceiver, type Reply } from '../../test/support/callbacks.js';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { ACCOUNT, addNumbers, clearSessions, party, usNumbers } from '../../test/support/ground.js';
import { partyEvent, type CallbackPayload, type Occasion, type PartyEvent } from './contract.js';
import type { Database } from '../platform/database/database.js';
import type { SessionRecord } from '../sessions/index.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const named = (event: string, occasion: Occasion): CallbackPayload => partyEvent(event as PartyEvent, occasion);

describeOnEachDatabase('callbacks', (open) => {
  let database: Database;
  let receiver: Awaited<ReturnType<typeof startReceiver>>;
  let calls: ReturnType<typeof callsOn>;
  let callbacks: ReturnType<typeof callbacksOn>;
  let pairs = 0;

  beforeAll(async () => {
    ({ database } = await open());
    receiver = await startReceiver();
  });
  afterAll(async () => {
    await receiver.close();
  });
  beforeEach(async () => {
    await clearSessions(database);
    await addNumbers(database, usNumbers(3));
    receiver.heard.splice(0);
    receiver.replies.splice(0);
    calls = callsOn(database);
    callbacks = callbacksOn(database, calls);
  });

  const opened = (body: Record<string, unknown> = {}): Promise<SessionRecord> => {
    pairs += 2;
    const given = { first_party: party(pairs), second_party: party(pairs + 1), callback_url: `${receiver.url}/hook` };
    return calls.sessions.open({ ...given, ...body });
  };
  const tell = (session: SessionRecord, ...events: string[]): Promise<void> => callbacks.tell(session, ...events);
  const advance = async (milliseconds: number): Promise<void> => {
    calls.sessions.clock.advance(milliseconds);
    await calls.jobs.runDue();
  };
  const heard = (): string[] => receiver.heard.map(({ params }) => `${params.EventName}#${params.SequenceNumber}`);
  const states = async (): Promise<string[]> =>
    (await callbacks.stored()).map(
      ({ event, status, attempts, outcome }) => `${event} ${status} ${attempts} ${outcome}`,
    );

  describe('are made', () => {
    it('with the documented parameters of every event, numbers without plus', async () => {
      const session = await opened();
      await tell(session, 'SomeEvent');
      await calls.jobs.runDue();

      expect(receiver.heard[0]?.params).toEqual({
        EventName: 'SomeEvent',
        EventTimestamp: '2026-01-05 10:00:00+00:00',
        SessionUUID: session.id,
        From: '14155550001',
        To: '14155550002',
        VirtualNumber: session.virtualNumber,
        SequenceNumber: '1',
      });
      expect(receiver.heard[0]?.headers['content-type']).toBe('application/x-www-form-urlencoded');
    });

    it('for nobody where the session names no URL', async () => {
      const session = await opened({ callback_url: '' });
      calls.sessions.clock.advance(session.expiresAt - calls.sessions.clock.now());
      await calls.sessions.expireDue.run();
      expect(await callbacks.stored()).toEqual([]);
    });

    it('on natural expiry, without parties, and not on a delete', async () => {
      const session = await opened();
      const deleted = await opened();
      await calls.sessions.end(deleted.id);
      calls.sessions.clock.advance(session.expiresAt - calls.sessions.clock.now() + 1500);
      await calls.sessions.expireDue.run();
      await calls.jobs.runDue();

      expect(heard()).toEqual(['SessionTimeout#1']);
      expect(receiver.heard[0]?.params).toMatchObject({
        SessionUUID: session.id,
        From: '',
        To: '',
        EventTimestamp: '2026-01-05 11:00:00+00:00',
      });
    });

    it('without gaps or doubles when forty transactions tell at once and some of them fail', async () => {
      const session = await opened();
      await Promise.all(
        Array.from({ length: 40 }, (_, index) =>
          database
            .transaction(async (tx) => {
              const target = await callbacks.target.find(tx, ACCOUNT, session.id, 'status');
              if (!target) throw new Error('expected a target');
              await callbacks.addCallback.run(tx, target, named('E', { at: 0, callId: null, from: '', to: '' }));
              if (index % 3 === 0) throw new Error('rolled back');
            })
            .catch((error: Error) => expect(error.message).toBe('rolled back')),
        ),
      );
      const sequences = (await callbacks.stored()).map(({ sequence }) => sequence);
      expect(sequences).toEqual(Array.from({ length: 26 }, (_, index) => index + 1));
    });

    it('with URL and numbers sealed', async () => {
      await tell(await opened(), 'E');
      const rows = await database.read((manager) => manager.query('SELECT * FROM callback'));
      expect(JSON.stringify(rows)).not.toMatch(/1415555|127\.0\.0\.1/);
    });
  });

  describe('are delivered', () => {
    it('in the order of their numbers, each after the one before', async () => {
      const session = await opened();
      await tell(session, 'A', 'B', 'C');
      await calls.jobs.runDue();
      expect(heard()).toEqual(['A#1', 'B#2', 'C#3']);
      expect(await states()).toEqual(['A delivered 1 200', 'B delivered 1 200', 'C delivered 1 200']);
    });

    it('as a query by GET, beside what the URL has', async () => {
      const session = await opened({ callback_method: 'GET', callback_url: `${receiver.url}/hook?key=a%20b#rc=1` });
      await tell(session, 'A');
      await calls.jobs.runDue();
      const [got] = receiver.heard;
      expect(got?.method).toBe('GET');
      expect(got?.path).toMatch(/^\/hook\?key=a%20b&EventName=A&/);
      expect(got?.body).toBe('');
      expect(got?.params).toMatchObject({ key: 'a b', EventName: 'A', SequenceNumber: '1' });
    });

    it('again after a failure with the same id and bytes, while later ones wait', async () => {
      const session = await opened();
      receiver.replies.push(500, 503);
      await tell(session, 'A', 'B');
      await calls.jobs.runDue();
      expect(heard()).toEqual(['A#1']);
      await advance(3999);
      expect(heard()).toEqual(['A#1']);
      await advance(2002);
      expect(heard()).toEqual(['A#1', 'A#1']);
      await advance(361_000);
      expect(heard()).toEqual(['A#1', 'A#1', 'A#1', 'B#2']);

      const [first, second, third] = receiver.heard;
      expect([second?.body, third?.body]).toEqual([first?.body, first?.body]);
      expect(new Set(receiver.heard.slice(0, 3).map(({ headers }) => headers['webhook-id'])).size).toBe(1);
      const times = receiver.heard.slice(0, 3).map(({ headers }) => Number(headers['webhook-timestamp']));
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect(new Set(times).size).toBe(3);
      expect(await states()).toEqual(['A delivered 3 200', 'B delivered 1 200']);
    });

    it('for ten attempts, then are parked, and the next has its turn', async () => {
      const session = await opened();
      receiver.replies.push(...Array<number>(10).fill(500));
      await tell(session, 'A', 'B');
      await calls.jobs.runDue();
      for (let hours = 0; hours < 100; hours++) await advance(HOUR);
      expect(heard()).toEqual([...Array<string>(10).fill('A#1'), 'B#2']);
      expect(await states()).toEqual(['A parked 10 500', 'B delivered 1 200']);
    });

    it('no more once the receiver says 410, and once where the URL asks for no repeat', async () => {
      receiver.replies.push(410);
      await tell(await opened(), 'Gone');
      await calls.jobs.runDue();
      receiver.replies.push(500);
      await tell(await opened({ callback_url: `${receiver.url}/hook#rc=0` }), 'Once');
      await calls.jobs.runDue();
      await advance(5 * DAY);
      expect(heard()).toEqual(['Gone#1', 'Once#1']);
      expect((await states()).sort()).toEqual(['Gone parked 1 410', 'Once parked 1 500']);
    });

    it('no earlier than Retry-After says', async () => {
      receiver.replies.push((_, response) => void response.writeHead(429, { 'retry-after': '120' }).end());
      await tell(await opened(), 'A');
      await calls.jobs.runDue();
      await advance(119_000);
      expect(heard()).toHaveLength(1);
      await advance(1000);
      expect(heard()).toHaveLength(2);
    });

    it('to nobody whose address is not public, unless that is allowed, and say why', async () => {
      const session = await opened({ callback_url: 'https://127.0.0.1.nip.example/hook' });
      const strict = callsOn(database);
      const strictCallbacks = callbacksOn(database, strict, { allowPrivate: false });
      await tell(session, 'A');
      await database.transaction(async (tx) => {
        const given = { ...session, settings: { ...session.settings, callback_url: `${receiver.url}/hook` } };
        const target = { session: given, stream: 'status' as const, url: `${receiver.url}/x`, method: 'POST' as const };
        await strictCallbacks.addCallback.run(tx, target, named('B', { at: 0, callId: null, from: '', to: '' }));
      });
      await database.transaction((tx) => tx.query("UPDATE callback SET status = 'delivered' WHERE event = 'A'"));
      await strict.jobs.runDue();
      expect(receiver.heard).toEqual([]);
      expect((await states()).at(-1)).toBe('B parked 1 refused-url');
      strictCallbacks.outgoing.onModuleDestroy();
    });

    it('at once in other sessions while one receiver fails', async () => {
      receiver.replies.push(500);
      await tell(await opened(), 'Failing');
      await calls.jobs.runDue();
      await tell(await opened(), 'Other');
      await calls.jobs.runDue();
      expect(heard()).toEqual(['Failing#1', 'Other#1']);
    });

    it('once noted as failed, although two workers tried the same one; only the one that noted it says when to go on', async () => {
      const session = await opened();
      // Neither is answered before both have asked.
      const asked: ServerResponse[] = [];
      const failTogether: Reply = (_, response) => {
        asked.push(response);
        if (asked.length === 2) for (const each of asked) each.writeHead(500).end();
      };
      receiver.replies.push(failTogether, failTogether);
      await tell(session, 'A');
      const signal = new AbortController().signal;
      const runs = await Promise.allSettled(
        [1, 2].map(() => callbacks.deliverCallbacks.run(session.id, 'status', signal)),
      );

      expect(heard()).toEqual(['A#1', 'A#1']);
      expect(await states()).toEqual(['A pending 1 500']);
      const [noted, late] = [...runs].sort((left, right) => (left.status > right.status ? -1 : 1));
      expect(noted).toMatchObject({ status: 'rejected', reason: { message: '500' } });
      expect(late).toMatchObject({ status: 'fulfilled' });
    });

    it('once noted, although two workers delivered the same one', async () => {
      const session = await opened();
      await tell(session, 'A');
      const signal = new AbortController().signal;
      await Promise.all([1, 2, 3].map(() => callbacks.deliverCallbacks.run(session.id, 'status', signal)));
      const [stored] = await callbacks.stored();
      expect(stored).toMatchObject({ status: 'delivered', attempts: 1 });
      const attempts = await database.read((manager) => manager.query('SELECT number FROM callback_attempt'));
      expect(attempts).toEqual([{ number: 1 }]);
    });
  });

  describe('can be replayed', () => {
    const range = async (given: Record<string, unknown> = {}): Promise<number> => {
      const counted = await callbacks.replayCallbacks.count({ status: 'parked', ...given });
      await database.transaction((tx) => callbacks.replayCallbacks.range(tx, { status: 'parked', ...given }, counted));
      return counted;
    };

    it('one by one, with id, number and bytes as they were', async () => {
      const session = await opened({ callback_url: `${receiver.url}/hook#rc=0` });
      receiver.replies.push(500);
      await tell(session, 'A', 'B');
      await calls.jobs.runDue();
      const [parked] = await callbacks.stored();
      calls.sessions.clock.advance(DAY);
      await database.transaction((tx) => callbacks.replayCallbacks.one(tx, parked?.id ?? ''));
      await calls.jobs.runDue();

      expect(heard()).toEqual(['A#1', 'B#2', 'A#1']);
      expect(receiver.heard[2]?.body).toBe(receiver.heard[0]?.body);
      expect(receiver.heard[2]?.headers['webhook-id']).toBe(receiver.heard[0]?.headers['webhook-id']);
      expect(await states()).toEqual(['A delivered 2 200', 'B delivered 1 200']);
    });

    it('although the stream waits for a later attempt', async () => {
      receiver.replies.push(500, 500);
      await tell(await opened(), 'A');
      await calls.jobs.runDue();
      await advance(6000);
      const [waiting] = await callbacks.stored();
      await database.transaction((tx) => callbacks.replayCallbacks.one(tx, waiting?.id ?? ''));
      await calls.jobs.runDue();
      expect(await states()).toEqual(['A delivered 3 200']);
    });

    it('in a range of time, state and session, more than one batch of them', async () => {
      const session = await opened({ callback_url: `${receiver.url}/hook#rc=0` });
      const other = await opened({ callback_url: `${receiver.url}/hook#rc=0` });
      receiver.replies.push(...Array<number>(251).fill(500));
      const start = calls.sessions.clock.now();
      await tell(other, 'Other');
      calls.sessions.clock.advance(1000);
      await tell(session, ...Array<string>(250).fill('A'));
      await calls.jobs.runDue();
      expect(new Set(await states())).toEqual(new Set(['Other parked 1 500', 'A parked 1 500']));

      expect(await range({ until: start })).toBe(0);
      expect(await range({ sessionId: session.id, since: start + 1000 })).toBe(250);
      await calls.jobs.runDue();
      expect(await range()).toBe(1);
      await calls.jobs.runDue();
      expect((await callbacks.stored()).map(({ status }) => status)).toEqual(Array<string>(251).fill('delivered'));
      expect(receiver.heard).toHaveLength(502);
    });

    it('in the order of their session, although more than a batch lies between and a later one is due', async () => {
      const once = { callback_url: `${receiver.url}/hook#rc=0` };
      const session = await opened(once);
      const between = await opened(once);
      receiver.replies.push(...Array<number>(252).fill(500));
      for (const events of [
        [session, 'First'],
        [between, ...Array<string>(250).fill('Between')],
        [session, 'Second'],
      ]) {
        const [of, ...names] = events as [SessionRecord, ...string[]];
        await tell(of, ...names);
        await calls.jobs.runDue();
        calls.sessions.clock.advance(1000);
      }
      await tell(session, 'Third');
      // The first batch, and a delivery before the next one.
      const first = { status: 'parked' as const, before: calls.sessions.clock.now(), after: { at: 0, id: '' } };
      await callbacks.replayCallbacks['batch'](first);
      await callbacks.deliverCallbacks.run(session.id, 'status', new AbortController().signal);
      const own = receiver.heard.filter(({ params }) => params.SessionUUID === session.id).slice(2);
      expect(own.map(({ params }) => params.EventName)).toEqual(['First', 'Second', 'Third']);
    });

    it('also when they were delivered', async () => {
      await tell(await opened(), 'A');
      await calls.jobs.runDue();
      expect(await range({ status: 'delivered' })).toBe(1);
      await calls.jobs.runDue();
      expect(heard()).toEqual(['A#1', 'A#1']);
    });

    it('refuses an id that nobody knows', async () => {
      await expect(database.transaction((tx) => callbacks.replayCallbacks.one(tx, 'nobody'))).rejects.toThrow(
        'no callback has this id',
      );
    });
  });

  describe('whose receiver fails for days', () => {
    const shown = async (): Promise<string[]> =>
      (await callbacks.receivers.list({ limit: 10 })).map(
        ({ origin, pausedAt }) => `${origin === receiver.url} ${pausedAt === null ? 'failing' : 'paused'}`,
      );
    /** An event every twelve hours, tried once. */
    const fail = async (days: number): Promise<void> => {
      for (let half = 0; half < days * 2; half++) {
        receiver.replies.push(500);
        await tell(await opened({ callback_url: `${receiver.url}/hook#rc=0` }), 'A');
        await calls.jobs.runDue();
        calls.sessions.clock.advance(12 * HOUR);
      }
    };

    it('are tried for five days, then parked without an attempt', async () => {
      await fail(5);
      expect(await shown()).toEqual(['true failing']);
      await fail(0.5);
      expect(await shown()).toEqual(['true paused']);
      expect(heard()).toHaveLength(11);

      await tell(await opened({ callback_url: `${receiver.url}/elsewhere` }), 'B', 'C');
      await calls.jobs.runDue();
      expect(heard()).toHaveLength(11);
      expect((await states()).slice(-2)).toEqual(['B parked 0 receiver-paused', 'C parked 0 receiver-paused']);
    });

    it('are tried again when it is resumed, and those of other receivers all the time', async () => {
      const other = await startReceiver();
      await fail(5.5);
      await tell(await opened({ callback_url: `${other.url}/hook` }), 'Other');
      await calls.jobs.runDue();
      expect(other.heard).toHaveLength(1);
      await other.close();

      receiver.replies.splice(0);
      const [paused] = await callbacks.receivers.list({ status: 'paused', limit: 10 });
      await database.transaction((tx) => callbacks.receivers.resume(tx, paused?.id ?? ''));
      await tell(await opened(), 'B');
      await calls.jobs.runDue();
      expect(heard().at(-1)).toBe('B#1');
      await expect(database.transaction((tx) => callbacks.receivers.resume(tx, paused?.id ?? ''))).rejects.toThrow(
        'no failing receiver has this id',
      );
    });

    it('are all delivered by a replay once it is well', async () => {
      await fail(5.5);
      await tell(await opened(), 'B');
      await calls.jobs.runDue();
      await database.transaction((tx) => callbacks.replayCallbacks.range(tx, { status: 'parked' }, 1));
      await calls.jobs.runDue();
      expect(new Set((await callbacks.stored()).map(({ status }) => status))).toEqual(new Set(['delivered']));
      expect(await shown()).toEqual([]);
    });

    it('are tried for five days from the first failure after a success', async () => {
      await fail(4);
      await tell(await opened(), 'Delivered');
      await calls.jobs.runDue();
      expect(await shown()).toEqual([]);
      await fail(5);
      expect(await shown()).toEqual(['true failing']);
    });

    it('find it forgotten when it was not tried for 30 days, however it was', async () => {
      await fail(5.5);
      calls.sessions.clock.advance(30 * DAY - 12 * HOUR - 1);
      await callbacks.purgeCallbacks.run();
      expect(await shown()).toEqual(['true paused']);
      calls.sessions.clock.advance(1);
      await callbacks.purgeCallbacks.run();
      expect(await shown()).toEqual([]);
    });

    it('leave one row for it, and one line for the operator, however many fail at once', async () => {
      for (let round = 0; round < 2; round++) {
        const sessions = [];
        for (let index = 0; index < 20; index++)
          sessions.push(await opened({ callback_url: `${receiver.url}/hook#rc=0` }));
        for (const session of sessions) await tell(session, 'A');
        receiver.replies.push(...Array<number>(20).fill(500));
        const signal = new AbortController().signal;
        await Promise.all(sessions.map(({ id }) => callbacks.deliverCallbacks.run(id, 'status', signal)));
        calls.sessions.clock.advance(5 * DAY);
      }
      expect(await shown()).toEqual(['true paused']);
      const told = await database.read((manager) =>
        manager.query("SELECT id FROM job WHERE kind = 'callbacks.receiver-paused'"),
      );
      expect(told).toHaveLength(1);
    });
  });

  it('are forgotten 30 days after they were delivered or parked, not before', async () => {
    receiver.replies.push(410);
    await tell(await opened(), 'Parked');
    await calls.jobs.runDue();
    await tell(await opened(), 'Delivered');
    await calls.jobs.runDue();
    calls.sessions.clock.advance(30 * DAY - 1);
    expect(await callbacks.purgeCallbacks.run()).toBe(0);
    calls.sessions.clock.advance(1);
    await tell(await opened(), 'Pending');
    expect(await callbacks.purgeCallbacks.run()).toBe(2);
    expect((await callbacks.stored()).map(({ event }) => event)).toEqual(['Pending']);
    expect(await database.read((manager) => manager.query('SELECT * FROM callback_attempt'))).toEqual([]);
  });

  it('are listed with their attempts; what the receiver said only where it is asked for', async () => {
    receiver.replies.push((_, response) => void response.writeHead(500).end('call +14155550001 failed'));
    await tell(await opened(), 'A');
    await calls.jobs.runDue();
    const [found] = await callbacks.findCallbacks.run({ limit: 10 });
    expect(found?.attempts).toMatchObject([{ number: 1, status: 500, error: null }]);
    expect(JSON.stringify(found)).not.toMatch(/failed|1415/);
    const shown = await callbacks.findCallbacks.one(found?.callback.id ?? '', { withAnswers: true });
    expect(shown.attempts[0]?.answer).toBe('call +14155550001 failed');
  });
});
