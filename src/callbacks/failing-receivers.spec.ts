import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { callbacksOn } from '../../test/support/callbacks.js';
import { callsOn } from '../../test/support/calls.js';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { ACCOUNT, announced, clearSessions } from '../../test/support/ground.js';
import type { Database } from '../platform/database/database.js';
import { ReceiverPaused, ReceiverRecovered } from './callbacks.events.js';
import { receiverOf, type Receiver } from './receiver.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const OTHER = 'MAOTHEROTHEROTHER000';

describeOnEachDatabase('receivers that fail', (open) => {
  let database: Database;
  let calls: ReturnType<typeof callsOn>;
  let receivers: ReturnType<typeof callbacksOn>['receivers'];
  let begunAt: number;
  let one: Receiver;
  let two: Receiver;

  beforeAll(async () => {
    ({ database } = await open());
  });
  beforeEach(async () => {
    await clearSessions(database);
    calls = callsOn(database);
    ({ receivers } = callbacksOn(database, calls));
    begunAt = calls.sessions.clock.now();
    one = receiver('https://one.example/hook');
    two = receiver('https://two.example/hook');
  });

  const receiver = (url: string, account = ACCOUNT) => receiverOf(calls.sessions.crypto, account, url);
  const after = (milliseconds: number): void => calls.sessions.clock.advance(milliseconds);
  const note = (whom: Receiver, isDelivered: boolean) =>
    database.transaction((tx) => receivers.note(tx, whom, isDelivered));
  const fails = (whom: Receiver) => note(whom, false);
  const works = (whom: Receiver) => note(whom, true);
  const isPaused = (whom: Receiver) => database.read((manager) => receivers.isPaused(manager, whom));
  /** Host, and when it began to fail, was last noted to fail and was paused, in hours since the beginning. */
  const known = async (search: Parameters<typeof receivers.list>[0] = { limit: 10 }): Promise<string[]> => {
    const hours = (at: number | null) => (at === null ? '-' : (at - begunAt) / HOUR);
    const found = await receivers.list(search);
    return found.map(({ origin, failingSince, lastFailedAt, pausedAt }) =>
      [origin.slice(8), hours(failingSince), hours(lastFailedAt), hours(pausedAt)].join(' '),
    );
  };
  const told = async (): Promise<unknown[]> => {
    const jobs = await database.read((manager) =>
      manager.query<{ payload: string }[]>("SELECT payload FROM job WHERE kind = 'callbacks.receiver-paused'"),
    );
    return jobs.map(({ payload }) => JSON.parse(payload) as unknown);
  };

  it('are those of an account at a scheme, host and port', async () => {
    await fails(one);
    const same = receiver('https://one.example/another?path=1#rc=2');
    for (const other of [
      receiver('http://one.example/hook'),
      receiver('https://one.example:8443/hook'),
      receiver('https://www.one.example/hook'),
      receiver('https://one.example/hook', OTHER),
    ])
      expect(other.lane).not.toBe(same.lane);

    expect(same.lane).toBe(one.lane);
    expect(await known()).toEqual(['one.example 0 0 -']);
  });

  it('are paused by the failure that comes five days after the first, to the millisecond, and the operator is told', async () => {
    await fails(one);
    after(5 * DAY - 1);
    await fails(one);
    expect([await isPaused(one), await told()]).toEqual([false, []]);

    after(1);
    await fails(one);
    expect(await isPaused(one)).toBe(true);
    const [{ id } = { id: '' }] = await receivers.list({ limit: 1 });
    expect(await told()).toEqual([{ accountId: ACCOUNT, receiverId: id }]);
    expect(await known()).toEqual(['one.example 0 120 120']);
  });

  it('are paused each by itself', async () => {
    await fails(one);
    after(5 * DAY);
    await fails(two);
    await fails(one);

    expect([await isPaused(one), await isPaused(two)]).toEqual([true, false]);
    await works(two);
    expect(await known()).toEqual(['one.example 0 120 120']);
  });

  it('stay paused as they are when an attempt that was on fails too', async () => {
    await fails(one);
    after(5 * DAY);
    await fails(one);
    after(DAY);
    await fails(one);

    expect(await known()).toEqual(['one.example 0 120 120']);
    expect(await told()).toHaveLength(1);
  });

  it('are forgotten once one attempt succeeds; the five days then begin anew', async () => {
    await fails(one);
    after(4 * DAY);
    await works(one);
    expect(await known()).toEqual([]);

    await fails(one);
    after(4 * DAY);
    await fails(one);
    expect(await known()).toEqual(['one.example 96 192 -']);
  });

  it('are noted to fail once an hour at most', async () => {
    await fails(one);
    after(HOUR - 1);
    await fails(one);
    expect(await known()).toEqual(['one.example 0 0 -']);

    after(1);
    await fails(one);
    expect(await known()).toEqual(['one.example 0 1 -']);
    after(HOUR / 2);
    await fails(one);
    expect(await known()).toEqual(['one.example 0 1 -']);
  });

  it('are tried again when an operator resumes them, and only those', async () => {
    await fails(one);
    await fails(two);
    after(5 * DAY);
    await fails(one);
    await fails(two);
    const [first] = (await receivers.list({ limit: 10 })).filter(({ origin }) => origin === one.origin);
    await database.transaction((tx) => receivers.resume(tx, first!.id));

    expect([await isPaused(one), await isPaused(two)]).toEqual([false, true]);
    await expect(database.transaction((tx) => receivers.resume(tx, first!.id))).rejects.toMatchObject({
      kind: 'not-found',
    });
  });

  it('are tried again when one of their callbacks is replayed, if they are paused', async () => {
    await fails(one);
    after(5 * DAY);
    await fails(one);
    await fails(two);
    await database.transaction((tx) => receivers.resumePaused(tx, [one, two, one]));

    expect(await known()).toEqual(['two.example 120 120 -']);
  });

  describe('tell of themselves', () => {
    let news: object[];
    const paused = async (): Promise<string> => {
      await fails(one);
      after(5 * DAY);
      await fails(one);
      const [{ id } = { id: '' }] = await receivers.list({ limit: 1 });
      return id;
    };
    beforeEach(() => {
      news = announced(calls.sessions.events, [ReceiverPaused, ReceiverRecovered]);
    });

    it('when they are paused, and when they are well again after an operator had them tried', async () => {
      const id = await paused();
      expect(news).toEqual([new ReceiverPaused(ACCOUNT, id)]);
      await database.transaction((tx) => receivers.resume(tx, id));
      expect(news).toHaveLength(1);
      await works(one);
      expect(news).toEqual([new ReceiverPaused(ACCOUNT, id), new ReceiverRecovered(ACCOUNT, id)]);
      await works(one);
      expect(news).toHaveLength(2);
    });

    it('also when they failed once more before they were well, and after a replay', async () => {
      const id = await paused();
      await database.transaction((tx) => receivers.resumePaused(tx, [one]));
      expect(await known()).toEqual([]);
      after(HOUR);
      await fails(one);
      expect(await known()).toEqual(['one.example 121 121 -']);
      await works(one);
      expect(news.slice(1)).toEqual([new ReceiverRecovered(ACCOUNT, id)]);
    });

    it('not when they were never paused', async () => {
      await fails(one);
      await works(one);
      expect(news).toEqual([]);
    });
  });

  it('are listed latest first, the paused and the failing apart', async () => {
    await fails(one);
    after(HOUR);
    await fails(two);
    after(5 * DAY - HOUR);
    await fails(one);
    await fails(receiver('https://three.example/'));

    expect(await known()).toEqual(['three.example 120 120 -', 'two.example 1 1 -', 'one.example 0 120 120']);
    expect(await known({ status: 'paused', limit: 10 })).toEqual(['one.example 0 120 120']);
    expect(await known({ status: 'failing', limit: 10 })).toEqual(['three.example 120 120 -', 'two.example 1 1 -']);
    expect(await known({ limit: 1 })).toEqual(['three.example 120 120 -']);
  });

  it('are listed page by page, also those that began to fail at the same instant', async () => {
    for (const host of ['a', 'b', 'c']) await fails(receiver(`https://${host}.example/`));
    after(HOUR);
    await fails(one);
    const all = await known();
    const pages: string[] = [];
    let before: { at: number; id: string } | undefined;
    for (;;) {
      const [last] = await receivers.list({ before, limit: 1 });
      if (!last) break;
      pages.push(...(await known({ before, limit: 1 })));
      before = { at: last.failingSince, id: last.id };
    }

    expect(all).toHaveLength(4);
    expect(pages).toEqual(all);
  });

  it('are forgotten when they were not tried for 30 days, and no sooner', async () => {
    await fails(one);
    after(DAY);
    await fails(two);
    after(29 * DAY - 1);
    expect(await receivers.purge()).toBe(0);
    after(1);
    expect(await receivers.purge()).toBe(1);
    expect(await known()).toEqual(['two.example 24 24 -']);
  });

  it('keep their host sealed', async () => {
    await fails(one);
    const rows = await database.read((manager) => manager.query('SELECT * FROM failing_receiver'));

    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain('one.example');
  });
});
