import { afterEach, beforeAll, beforeEach, expect, it, jest } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { FakeClock } from '../../test/support/ground.js';
import type { Database } from '../platform/database/database.js';
import { Events } from '../platform/events/events.js';
import { createLogger } from '../platform/logging/logger.js';
import { PoolRefusals, type WantedPool } from './pool-refusals.js';

const HOUR = 3_600_000;
const MAIN: WantedPool = { accountId: 'MAFIRSTFIRSTFIRST000', subaccountId: null, callingCode: '1' };
const OTHER: WantedPool = { ...MAIN, accountId: 'MAOTHEROTHEROTHER000' };
const BRANCH: WantedPool = { ...MAIN, subaccountId: 'SAFIRSTFIRSTFIRST000' };
const ANYWHERE: WantedPool = { ...MAIN, callingCode: null };

describeOnEachDatabase('sessions that a pool refused', (open) => {
  let dataSource: DataSource;
  let database: Database;
  let clock: FakeClock;
  let refusals: PoolRefusals;
  let events: Events;

  beforeAll(async () => {
    ({ dataSource, database } = await open());
  });
  beforeEach(async () => {
    await dataSource.query('DELETE FROM pool_refusal');
    clock = new FakeClock();
    events = new Events();
    refusals = onThisProcess();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const onThisProcess = () =>
    new PoolRefusals(database, clock, events, createLogger({ level: 'silent', format: 'json' }));
  const note = (times: number, pool = MAIN): void => {
    for (let each = 0; each < times; each++) refusals.note(pool, 'number_pool_exhausted');
  };
  const counted = async (): Promise<string[]> => {
    const found = await database.read((manager) => refusals.read(manager));
    return found
      .map(({ accountId, subaccountId, callingCode, refusals: count }) =>
        [accountId.slice(0, 7), subaccountId?.slice(0, 7) ?? 'main', callingCode ?? 'any', count].join(' '),
      )
      .sort();
  };
  const rows = () =>
    dataSource.query<{ hour: string | number; refusals: number }[]>(
      'SELECT hour, refusals FROM pool_refusal ORDER BY hour',
    );

  it('are counted by account, subaccount and country', async () => {
    note(4);
    note(3, OTHER);
    note(2, BRANCH);
    note(1, ANYWHERE);
    await refusals.write();

    expect(await counted()).toEqual([
      'MAFIRST SAFIRST 1 2',
      'MAFIRST main 1 4',
      'MAFIRST main any 1',
      'MAOTHER main 1 3',
    ]);
  });

  it('are written five seconds after the first of them, and then again', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance'] });
    const written = new Promise<void>((resolve) => database.onCommit(() => resolve()));
    note(1);
    jest.advanceTimersByTime(4000);
    note(1);
    jest.advanceTimersByTime(999);
    expect(await rows()).toEqual([]);
    jest.advanceTimersByTime(1);
    await written;
    expect(await rows()).toMatchObject([{ refusals: 2 }]);

    const again = new Promise<void>((resolve) => database.onCommit(() => resolve()));
    note(1);
    jest.advanceTimersByTime(5000);
    await again;
    expect(await rows()).toMatchObject([{ refusals: 3 }]);
  });

  it('are written by whoever asks for the figures first, and by nobody afterwards', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance'] });
    note(1);
    await refusals.write();

    expect(jest.getTimerCount()).toBe(0);
    expect(await rows()).toMatchObject([{ refusals: 1 }]);
  });

  it('are written when the process ends', async () => {
    note(2);
    await refusals.onModuleDestroy();

    expect(await counted()).toEqual(['MAFIRST main 1 2']);
  });

  it('do not trouble the database where there are none', async () => {
    let commits = 0;
    database.onCommit(() => (commits += 1));
    await refusals.write();

    expect(commits).toBe(0);
  });

  it('are kept while they cannot be written, and added to what came meanwhile', async () => {
    note(2);
    note(1, OTHER);
    await dataSource.query('ALTER TABLE pool_refusal RENAME TO pool_refusal_away');
    try {
      const failing = refusals.write();
      note(3);
      await failing;
    } finally {
      await dataSource.query('ALTER TABLE pool_refusal_away RENAME TO pool_refusal');
    }
    expect(await counted()).toEqual([]);

    await refusals.write();
    expect(await counted()).toEqual(['MAFIRST main 1 5', 'MAOTHER main 1 1']);
    await refusals.write();
    expect(await counted()).toEqual(['MAFIRST main 1 5', 'MAOTHER main 1 1']);
  });

  it('are added up over the processes', async () => {
    note(2);
    await refusals.write();
    refusals = onThisProcess();
    note(3);
    note(1, BRANCH);
    await refusals.write();

    expect(await rows()).toMatchObject([{ refusals: expect.any(Number) }, { refusals: expect.any(Number) }]);
    expect(await counted()).toEqual(['MAFIRST SAFIRST 1 1', 'MAFIRST main 1 5']);
  });

  it('are shown for a day and the hour that was begun before it, then forgotten', async () => {
    note(1);
    await refusals.write();
    clock.advance(HOUR);
    note(2);
    await refusals.write();
    expect(await rows()).toHaveLength(2);

    clock.advance(24 * HOUR - 1);
    expect(await counted()).toEqual(['MAFIRST main 1 3']);
    note(4);
    await refusals.write();
    expect(await rows()).toHaveLength(3);

    clock.advance(1);
    expect(await counted()).toEqual(['MAFIRST main 1 6']);
    note(1);
    await refusals.write();
    expect((await rows()).map(({ refusals: count }) => count)).toEqual([2, 4, 1]);
  });
});
