import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { callbacksOn, startReceiver } from '../../test/support/callbacks.js';
import { callsOn } from '../../test/support/calls.js';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { addNumbers, clearSessions, party, usNumbers } from '../../test/support/ground.js';
import type { Database } from '../platform/database/database.js';
import type { SessionRecord } from '../sessions/index.js';

describeOnEachDatabase('what waits to be told when a session changes its URL', (open) => {
  let database: Database;
  let receiver: Awaited<ReturnType<typeof startReceiver>>;
  let calls: ReturnType<typeof callsOn>;
  let callbacks: ReturnType<typeof callbacksOn>;
  let session: SessionRecord;

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
    session = await calls.sessions.open({ ...people, callback_url: `${receiver.url}/dead` });
  });

  const people = { first_party: party(1), second_party: party(2) };
  const heard = (): string[] =>
    receiver.heard.map(({ method, path, params }) => `${method} ${path} ${params.EventName}`);
  const fail = async (...names: string[]): Promise<void> => {
    receiver.replies.push(500);
    await callbacks.tell(session, ...names);
    await calls.jobs.runDue();
    receiver.heard.splice(0);
  };
  /** Resolves to what answers so, once the next request is there. */
  const answering = (status: number) =>
    new Promise<() => void>((resolve) => {
      receiver.replies.push((_, response) => resolve(() => response.writeHead(status).end()));
    });
  const change = async (settings: Record<string, unknown>): Promise<void> => {
    await calls.sessions.update(session.id, settings);
    await calls.jobs.runDue();
  };

  it('goes to the new one at once, in its order, before what comes later', async () => {
    await fail('A', 'B');
    await calls.sessions.update(session.id, { callback_url: `${receiver.url}/new`, callback_method: 'GET' });
    await callbacks.tell(session, 'C');
    await calls.jobs.runDue();

    expect(heard().map((one) => one.replace(/\?\S*/, ''))).toEqual(['GET /new A', 'GET /new B', 'GET /new C']);
    expect((await callbacks.stored()).map(({ sequence, status }) => [sequence, status])).toEqual([
      [1, 'delivered'],
      [2, 'delivered'],
      [3, 'delivered'],
    ]);
  });

  it('goes there too when a create renews the session', async () => {
    await fail('A');
    const renewed = await calls.sessions.open({ ...people, callback_url: `${receiver.url}/new` });
    await calls.jobs.runDue();
    expect([renewed.id, heard()]).toEqual([session.id, ['POST /new A']]);
  });

  it('has its whole schedule anew there', async () => {
    await fail('A');
    for (const seconds of [6, 360, 2160]) {
      receiver.replies.push(500);
      calls.sessions.clock.advance(seconds * 1000);
      await calls.jobs.runDue();
    }
    receiver.heard.splice(0);
    receiver.replies.push(500);
    await change({ callback_url: `${receiver.url}/new` });
    calls.sessions.clock.advance(6000);
    await calls.jobs.runDue();
    expect(heard()).toEqual(['POST /new A', 'POST /new A']);
  });

  it('waits on as it did where another setting changes', async () => {
    await fail('A');
    await change({ ring_timeout: 30 });
    expect(heard()).toEqual([]);
  });

  it('is not put off by an attempt at the old one that ends after the change', async () => {
    const begun = answering(500);
    await callbacks.tell(session, 'A');
    const run = calls.jobs.runDue();
    const answer = await begun;
    await calls.sessions.update(session.id, { callback_url: `${receiver.url}/new` });
    await callbacks.readdressCallbacks.run(session.accountId, session.id);
    answer();
    await run;
    await calls.jobs.runDue();
    expect(heard()).toEqual(['POST /dead A', 'POST /new A']);
    expect(await callbacks.stored()).toMatchObject([{ status: 'delivered' }]);
  });

  it('is delivered once where the old one has taken it after all', async () => {
    const begun = answering(200);
    await callbacks.tell(session, 'A');
    const run = calls.jobs.runDue();
    const answer = await begun;
    await calls.sessions.update(session.id, { callback_url: `${receiver.url}/new` });
    await callbacks.readdressCallbacks.run(session.accountId, session.id);
    answer();
    await run;
    await calls.jobs.runDue();
    expect(heard()).toEqual(['POST /dead A']);
    expect(await callbacks.stored()).toMatchObject([{ status: 'delivered', outcome: '200' }]);
  });

  it('what was parked goes to the URL of the day of its replay, and so does what was delivered', async () => {
    session = await calls.sessions.open({
      first_party: party(3),
      second_party: party(4),
      callback_url: `${receiver.url}/dead#rc=0`,
    });
    await fail('A', 'B');
    await change({ callback_url: `${receiver.url}/new` });
    expect(heard()).toEqual([]);
    const [a, b] = await callbacks.stored();
    expect([a?.status, b?.status]).toEqual(['parked', 'delivered']);
    await database.transaction((tx) => callbacks.replayCallbacks.one(tx, b?.id ?? ''));
    const counted = await callbacks.replayCallbacks.count({ status: 'parked' });
    await database.transaction((tx) => callbacks.replayCallbacks.range(tx, { status: 'parked' }, counted));
    await calls.jobs.runDue();
    expect(heard().toSorted()).toEqual(['POST /new A', 'POST /new B']);
  });

  it('stays where it was to go once its session is gone', async () => {
    await fail('A');
    await database.transaction((tx) => tx.query('DELETE FROM masking_session'));
    await callbacks.readdressCallbacks.run(session.accountId, session.id);
    const [a] = await callbacks.stored();
    await database.transaction((tx) => callbacks.replayCallbacks.one(tx, a?.id ?? ''));
    await calls.jobs.runDue();
    expect(heard()).toEqual(['POST /dead A']);
  });
});
