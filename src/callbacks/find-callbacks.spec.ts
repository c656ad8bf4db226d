import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { callbacksOn } from '../../test/support/callbacks.js';
import { callsOn } from '../../test/support/calls.js';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { ACCOUNT, clearSessions } from '../../test/support/ground.js';
import type { Database } from '../platform/database/database.js';
import { newId } from '../platform/ids.js';
import { CALLBACK_ATTEMPTS, CALLBACKS, type Callback } from './callback.entity.js';
import type { CallbackSearch } from './find-callbacks.js';

const DAY = 86_400_000;

describeOnEachDatabase('callbacks that were made', (open) => {
  let database: Database;
  let calls: ReturnType<typeof callsOn>;
  let callbacks: ReturnType<typeof callbacksOn>;
  let sequence = 0;

  beforeAll(async () => {
    ({ database } = await open());
  });
  beforeEach(async () => {
    await clearSessions(database);
    calls = callsOn(database);
    callbacks = callbacksOn(database, calls);
  });

  const now = () => calls.sessions.clock.now();
  /** With so many attempts; settled when it was made, unless it is pending. */
  const made = async (event: string, more: Partial<Callback> = {}, attempts = 0): Promise<string> => {
    const id = newId();
    const { status = 'delivered', createdAt = now() } = more;
    await database.transaction(async (tx) => {
      await CALLBACKS.insert(tx, {
        id,
        accountId: ACCOUNT,
        ownerId: ACCOUNT,
        sessionId: 'session-one',
        stream: 'status',
        sequence: (sequence += 1),
        event,
        method: 'POST',
        url: 'sealed',
        body: 'sealed',
        status,
        attempts,
        tries: attempts,
        nextAttemptAt: createdAt,
        createdAt,
        settledAt: status === 'pending' ? null : createdAt,
        ...more,
      });
      // The last first: rows come in no order of their own.
      for (let number = attempts; number > 0; number--)
        await CALLBACK_ATTEMPTS.insert(tx, {
          callbackId: id,
          number,
          startedAt: createdAt + number,
          durationMs: 1,
          status: 500,
          error: null,
          answer: null,
        });
    });
    return id;
  };
  const found = async (search: Partial<CallbackSearch> = {}): Promise<string[]> =>
    (await callbacks.findCallbacks.run({ limit: 10, ...search })).map(({ callback }) => callback.event);
  const left = async (): Promise<string[]> => (await found()).sort();

  it('are found newest first, by state and session', async () => {
    await made('A', { createdAt: 1000 });
    await made('B', { createdAt: 3000, status: 'parked' });
    await made('C', { createdAt: 2000, sessionId: 'session-two' });
    await made('D', { createdAt: 4000, status: 'pending', sessionId: 'session-two' });

    expect(await found()).toEqual(['D', 'B', 'C', 'A']);
    expect(await found({ limit: 2 })).toEqual(['D', 'B']);
    expect(await found({ status: 'delivered' })).toEqual(['C', 'A']);
    expect(await found({ status: 'pending' })).toEqual(['D']);
    expect(await found({ sessionId: 'session-two' })).toEqual(['D', 'C']);
    expect(await found({ sessionId: 'session-two', status: 'delivered' })).toEqual(['C']);
    expect(await found({ sessionId: 'session-three' })).toEqual([]);
  });

  it('are found page by page, also those of one instant', async () => {
    for (const event of ['A', 'B', 'C']) await made(event, { createdAt: 2000 });
    await made('D', { createdAt: 1000 });
    await made('E', { createdAt: 3000 });
    const all = await found();
    const pages: string[] = [];
    let before: CallbackSearch['before'];
    for (;;) {
      const [page] = await callbacks.findCallbacks.run({ limit: 1, before });
      if (!page) break;
      pages.push(page.callback.event);
      before = { at: page.callback.createdAt, id: page.callback.id };
    }

    expect(all).toHaveLength(5);
    expect(pages).toEqual(all);
  });

  it('come with their own attempts, first to last, and without what is sealed', async () => {
    await made('A', { createdAt: 2000 }, 3);
    await made('B', { createdAt: 1000 }, 1);
    const [a, b] = await callbacks.findCallbacks.run({ limit: 10 });

    expect(a?.attempts.map(({ number, startedAt }) => [number, startedAt])).toEqual([
      [1, 2001],
      [2, 2002],
      [3, 2003],
    ]);
    expect(b?.attempts).toEqual([
      { callbackId: b?.callback.id, number: 1, startedAt: 1001, durationMs: 1, status: 500, error: null },
    ]);
    expect(JSON.stringify([a, b])).not.toContain('sealed');
  });

  it('are found one by one, with answers where they are asked for', async () => {
    const id = await made('A', {}, 1);
    await made('B', {}, 1);

    expect(await callbacks.findCallbacks.one(id, { withAnswers: false })).toMatchObject({
      callback: { id, event: 'A' },
    });
    const [without] = (await callbacks.findCallbacks.one(id, { withAnswers: false })).attempts;
    const [withOne] = (await callbacks.findCallbacks.one(id, { withAnswers: true })).attempts;
    expect(Object.keys(without!)).not.toContain('answer');
    expect(withOne).toMatchObject({ answer: null });
    await expect(callbacks.findCallbacks.one(newId(), { withAnswers: false })).rejects.toMatchObject({
      kind: 'not-found',
      message: 'no callback has this id',
    });
  });

  it('are forgotten with their attempts when they were made and settled 30 days ago', async () => {
    const old = now() - 30 * DAY;
    await made('Delivered', { createdAt: old }, 2);
    await made('Parked', { createdAt: old, status: 'parked' }, 1);
    await made('Pending', { createdAt: old, status: 'pending' }, 1);
    await made('Younger', { createdAt: old + 1 }, 1);
    await made('Sent again', { createdAt: old - DAY, settledAt: old + 1 }, 1);

    expect(await callbacks.purgeCallbacks.run()).toBe(2);
    expect(await left()).toEqual(['Pending', 'Sent again', 'Younger']);
    const attempts = await database.read((manager) => manager.query<unknown[]>('SELECT number FROM callback_attempt'));
    expect(attempts).toHaveLength(3);
    expect(await callbacks.purgeCallbacks.run()).toBe(0);
  });

  it('are forgotten however many they are', async () => {
    await database.transaction(async (tx) => {
      for (let one = 0; one < 1001; one++)
        await CALLBACKS.insert(tx, {
          id: newId(),
          accountId: ACCOUNT,
          ownerId: ACCOUNT,
          sessionId: 'session-one',
          stream: 'recording',
          sequence: one,
          event: 'Old',
          method: 'POST',
          url: '',
          body: '',
          status: one < 500 ? 'parked' : 'delivered',
          attempts: 0,
          tries: 0,
          nextAttemptAt: 0,
          createdAt: 0,
          settledAt: 0,
        });
    });

    expect(await callbacks.purgeCallbacks.run()).toBe(1001);
    expect(await left()).toEqual([]);
  });
});
