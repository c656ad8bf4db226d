import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { callbacksOn, startReceiver } from '../../test/support/callbacks.js';
import { callsOn } from '../../test/support/calls.js';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { addNumbers, clearSessions, party, usNumbers } from '../../test/support/ground.js';
import type { Database } from '../platform/database/database.js';
import type { SessionRecord } from '../sessions/index.js';
import type { ReplayRange } from './replay-callbacks.js';

const DAY = 86_400_000;

describeOnEachDatabase('a replay', (open) => {
  let database: Database;
  let receiver: Awaited<ReturnType<typeof startReceiver>>;
  let calls: ReturnType<typeof callsOn>;
  let callbacks: ReturnType<typeof callbacksOn>;
  let session: SessionRecord;
  let start: number;

  beforeAll(async () => {
    ({ database } = await open());
    receiver = await startReceiver();
  });
  afterAll(async () => {
    await receiver.close();
  });
  beforeEach(async () => {
    await clearSessions(database);
    await addNumbers(database, usNumbers(2));
    receiver.heard.splice(0);
    receiver.replies.splice(0);
    calls = callsOn(database);
    callbacks = callbacksOn(database, calls);
    session = await opened(1);
    start = calls.sessions.clock.now();
  });

  const opened = (person: number, fragment = '#rc=0'): Promise<SessionRecord> =>
    calls.sessions.open({
      first_party: party(person),
      second_party: party(person + 50),
      callback_url: `${receiver.url}/hook${fragment}`,
      session_expiry: 0,
    });
  const after = (milliseconds: number): void => calls.sessions.clock.advance(milliseconds);
  /** Told and tried once each, at one instant. */
  const fail = async (of: SessionRecord, ...names: string[]): Promise<void> => {
    receiver.replies.push(...names.map(() => 500));
    await callbacks.tell(of, ...names);
    await calls.jobs.runDue();
  };
  const range = async (given: Partial<ReplayRange> = {}): Promise<number> => {
    const counted = await callbacks.replayCallbacks.count({ status: 'parked', ...given });
    await database.transaction((tx) => callbacks.replayCallbacks.range(tx, { status: 'parked', ...given }, counted));
    return counted;
  };
  const states = async (): Promise<string[]> =>
    (await callbacks.stored()).map(({ event, status, attempts }) => `${event} ${status} ${attempts}`);
  const rows = <Row>(sql: string): Promise<Row[]> => database.read((manager) => manager.query<Row[]>(sql));

  it.each([
    ['from its first instant on', { since: 1000 }, ['B', 'C']],
    ['up to, and without, its last', { until: 2000 }, ['A', 'B']],
    ['between both', { since: 1000, until: 2000 }, ['B']],
    ['up to now', {}, ['A', 'B', 'C']],
  ])('holds what was made %s', async (_, { since, until }: { since?: number; until?: number }, expected) => {
    for (const name of ['A', 'B', 'C']) {
      await fail(session, name);
      after(1000);
    }
    const at = (seconds?: number) => (seconds === undefined ? undefined : start + seconds);

    expect(await range({ since: at(since), until: at(until) })).toBe(expected.length);
    await calls.jobs.runDue();

    expect((await states()).filter((each) => each.includes('delivered')).map((each) => each[0])).toEqual(expected);
  });

  it('holds what is in its state, of its session', async () => {
    const other = await opened(3);
    await fail(session, 'Parked');
    await callbacks.tell(session, 'Delivered');
    await calls.jobs.runDue();
    await fail(other, 'Other');

    expect(await range({ sessionId: session.id, status: 'parked' })).toBe(1);
    expect(await range({ status: 'parked' })).toBe(2);
    expect(await range({ sessionId: session.id, status: 'delivered' })).toBe(1);
    expect(await range({ status: 'pending' })).toBe(0);
    expect(await rows("SELECT id FROM job WHERE kind = 'callbacks.replay'")).toHaveLength(3);
  });

  it('does not hold what is made or settled after it was asked for', async () => {
    await fail(session, 'Before');
    expect(await range()).toBe(1);
    after(1);
    receiver.replies.push(500, 200);
    await callbacks.tell(session, 'After');
    await callbacks.deliverCallbacks.run(session.id, 'status', new AbortController().signal);
    await calls.jobs.runDue();

    expect(await states()).toEqual(['Before delivered 2', 'After parked 1']);
  });

  it('nor, of what is delivered, what was delivered later', async () => {
    const other = await opened(3, '');
    await callbacks.tell(session, 'Before');
    await calls.jobs.runDue();
    await fail(other, 'After');
    const before = calls.sessions.clock.now();
    after(10_000);
    await calls.jobs.runDue();
    expect(await states()).toEqual(['Before delivered 1', 'After delivered 2']);

    await callbacks.replayCallbacks['batch']({ status: 'delivered', before, after: { at: 0, id: '' } });
    await calls.jobs.runDue();
    expect(await states()).toEqual(['Before delivered 2', 'After delivered 2']);
  });

  it('holds what is of its account', async () => {
    await fail(session, 'A');
    expect(await range({ accountId: session.accountId })).toBe(1);
    expect(await range({ accountId: 'MAOTHEROTHEROTHER000' })).toBe(0);
  });

  it.each([1, 2, 3, 5, 6])('of batches of %d sends each once', async (size) => {
    callbacks.replayCallbacks.batchSize = size;
    const others = await Promise.all([3, 4, 5].map((person) => opened(person)));
    for (const of of others) await fail(of, 'Together');
    after(1000);
    await fail(session, 'Late', 'Late');
    const before = receiver.heard.length;

    expect(await range()).toBe(5);
    await calls.jobs.runDue();
    const sent = receiver.heard.slice(before).map(({ params }) => params.EventName);
    expect(sent.toSorted()).toEqual(['Late', 'Late', 'Together', 'Together', 'Together']);
    expect(new Set(await states())).toEqual(new Set(['Together delivered 2', 'Late delivered 2']));
    expect(await rows("SELECT id FROM job WHERE kind = 'callbacks.replay'")).toEqual([]);
  });

  it('ends where its last batch was full, or came to nothing', async () => {
    const runs = async (): Promise<number> => {
      await range();
      return calls.jobs.runDue();
    };
    callbacks.replayCallbacks.batchSize = 2;
    await fail(session, 'A', 'B');
    // One batch, and one that finds no more; the delivery between.
    expect(await runs()).toBe(3);
  });

  it('gives a callback its whole schedule anew', async () => {
    const scheduled = await opened(3, '');
    receiver.replies.push(...Array<number>(11).fill(500));
    await callbacks.tell(scheduled, 'A');
    await calls.jobs.runDue();
    // 75 hours and a fifth of them.
    for (let hours = 0; hours < 92; hours++) {
      after(DAY / 24);
      await calls.jobs.runDue();
    }
    expect(await states()).toEqual(['A parked 10']);

    const [parked] = await callbacks.stored();
    await database.transaction((tx) => callbacks.replayCallbacks.one(tx, parked!.id));
    expect(await rows('SELECT status, tries, settled_at FROM callback')).toEqual([
      { status: 'pending', tries: 0, settled_at: null },
    ]);
    await calls.jobs.runDue();
    expect(await states()).toEqual(['A pending 11']);
    after(6001);
    await calls.jobs.runDue();
    expect(await states()).toEqual(['A delivered 12']);
  });

  it('sends at once what waits for its schedule', async () => {
    const scheduled = await opened(3, '');
    receiver.replies.push(500, 500);
    await callbacks.tell(scheduled, 'A');
    await calls.jobs.runDue();
    after(10_000);
    await calls.jobs.runDue();
    expect(await states()).toEqual(['A pending 2']);

    expect(await range({ status: 'pending' })).toBe(1);
    await calls.jobs.runDue();
    expect(await states()).toEqual(['A delivered 3']);
  });

  it('tries a paused receiver again', async () => {
    await fail(session, 'A');
    after(5 * DAY);
    await fail(session, 'B');
    await callbacks.tell(session, 'C');
    await calls.jobs.runDue();
    expect(await callbacks.receivers.list({ status: 'paused', limit: 10 })).toHaveLength(1);
    expect((await states()).at(-1)).toBe('C parked 0');

    const parked = await callbacks.stored();
    await database.transaction((tx) => callbacks.replayCallbacks.one(tx, parked.at(-1)!.id));
    await calls.jobs.runDue();
    expect(await states()).toEqual(['A parked 1', 'B parked 1', 'C delivered 1']);
    expect(await callbacks.receivers.list({ limit: 10 })).toEqual([]);
  });
});
