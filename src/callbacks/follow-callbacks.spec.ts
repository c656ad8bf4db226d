import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { callsOn } from '../../test/support/calls.js';
import { callbacksOn } from '../../test/support/callbacks.js';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { ACCOUNT, addNumbers, clearSessions, party, usNumbers } from '../../test/support/ground.js';
import type { Database } from '../platform/database/database.js';
import type { SessionRecord } from '../sessions/index.js';
import type { FollowedCallback } from './follow-callbacks.js';

describeOnEachDatabase('who follows callbacks', (open) => {
  let database: Database;
  let calls: ReturnType<typeof callsOn>;
  let callbacks: ReturnType<typeof callbacksOn>;
  let session: SessionRecord;

  beforeAll(async () => {
    ({ database } = await open());
  });
  beforeEach(async () => {
    await clearSessions(database);
    await addNumbers(database, usNumbers(3));
    calls = callsOn(database);
    callbacks = callbacksOn(database, calls);
    session = await calls.sessions.open({
      first_party: party(1),
      second_party: party(2),
      callback_url: 'http://127.0.0.1:9000/hook',
    });
  });

  /** `next` resolves with what is told next, a pause with nothing as it is. */
  const follow = (after: number | null = null) => {
    const gone = new AbortController();
    const told = callbacks.followCallbacks.run(ACCOUNT, after, gone.signal);
    const pause = async (): Promise<string[] | undefined> => {
      const { value } = (await told.next()) as { value?: FollowedCallback[] };
      return value?.map(({ event }) => event);
    };
    const next = async () => {
      for (;;) {
        const events = await pause();
        if (events === undefined || events.length > 0) return events;
      }
    };
    return { next, pause, leave: () => gone.abort() };
  };

  it('hears what is made from then on, in order, whatever becomes of its delivery', async () => {
    await callbacks.tell(session, 'Before');
    const following = follow();
    expect(await following.pause()).toEqual([]);
    await callbacks.tell(session, 'One', 'Two');
    expect(await following.next()).toEqual(['One', 'Two']);
    following.leave();
    expect(await following.next()).toBeUndefined();
  });

  it('misses none that comes late: made before one that it has heard, and committed after it', async () => {
    const following = follow();
    expect(await following.pause()).toEqual([]);
    calls.sessions.clock.advance(5000);
    await callbacks.tell(session, 'Newer');
    expect(await following.next()).toEqual(['Newer']);
    await callbacks.tell(session, 'Late');
    const earlier = calls.sessions.clock.now() - 4000;
    await database.transaction((tx) => tx.query("UPDATE callback SET created_at = ? WHERE event = 'Late'", [earlier]));
    expect(await following.next()).toEqual(['Late']);
    following.leave();
  });

  it('goes on where it was cut off, and is told the last ten seconds again', async () => {
    await callbacks.tell(session, 'LongAgo');
    calls.sessions.clock.advance(60_000);
    const last = calls.sessions.clock.now();
    await callbacks.tell(session, 'Heard');
    calls.sessions.clock.advance(30_000);
    await callbacks.tell(session, 'Missed');
    const following = follow(last);
    expect(await following.next()).toEqual(['Heard', 'Missed']);
    following.leave();
  });

  it('ends with the service', async () => {
    const following = follow();
    expect(await following.pause()).toEqual([]);
    callbacks.followCallbacks.onModuleDestroy();
    expect(await following.next()).toBeUndefined();
  });
});
