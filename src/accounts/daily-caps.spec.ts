import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { describeOnEachDatabase, type TestDatabase } from '../../test/support/database.js';
import { FakeClock, testConfig } from '../../test/support/ground.js';
import { openDatabase } from '../data-source.js';
import { Database } from '../platform/database/database.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { createLogger } from '../platform/logging/logger.js';
import { Metrics } from '../platform/metrics.js';
import { DailyCaps } from './daily-caps.js';

const DAY_MS = 86_400_000;
const AT_ONCE = 64;

describeOnEachDatabase('an account with daily caps', (open) => {
  let test: TestDatabase;
  let clock: FakeClock;
  let written: Record<string, unknown>[];
  let metrics: Metrics;
  let jobs: Jobs;
  /** Two processes, which on a server have connections of their own. */
  let processes: { database: Database; caps: DailyCaps }[];
  let closeOther = async (): Promise<void> => undefined;
  let accounts = 0;
  let accountId = '';

  beforeAll(async () => {
    test = await open();
    const other = test.kind === 'mysql' ? await openDatabase({ kind: 'mysql', url: test.url }) : null;
    if (other) closeOther = () => other.destroy();
    clock = new FakeClock();
    written = [];
    const log = createLogger(
      { level: 'warn', format: 'json' },
      { write: (line: string) => void written.push(JSON.parse(line) as Record<string, unknown>) },
    );
    metrics = new Metrics();
    jobs = new Jobs(test.database, clock, testConfig(), log);
    processes = [test.database, other ? new Database(other) : test.database].map((database, index) => ({
      database,
      caps: new DailyCaps(database, clock, jobs, log, index === 0 ? metrics : new Metrics()),
    }));
    here().caps.onModuleInit();
  });
  afterAll(() => closeOther());
  beforeEach(async () => {
    // Letters: the log takes many digits for somebody's number.
    accountId = `MACAPS${'X'.repeat(13)}${'ABCDEFGHIJ'[(accounts += 1)]}`;
    await jobs.runDue();
    written.splice(0);
  });

  const here = () => processes[0]!;
  const rows = (table: string) =>
    test.database.read((manager) =>
      manager.query<Record<string, unknown>[]>(`SELECT * FROM ${table} WHERE account_id = ?`, [accountId]),
    );
  const request = (cap: number, { database, caps } = here()) =>
    database.transaction((tx) => caps.takeRequestedCall(tx, accountId, cap));
  const dial = (phone: string, cap: number, { database, caps } = here()) =>
    database.transaction(async (tx) => {
      const found = await caps.findDestination(tx, accountId, phone, cap);
      if (found === 'new') await caps.countDestination(tx, accountId, phone, cap);
      return found !== 'too-many';
    });
  const atOnce = (act: (index: number, process: (typeof processes)[number]) => Promise<boolean>) =>
    Promise.all(Array.from({ length: AT_ONCE }, (_, index) => act(index, processes[index % 2]!)));
  const granted = (answers: boolean[]): number => answers.filter(Boolean).length;
  const counted = () => here().caps.counted(accountId);

  it('requests as many of 64 calls at once as it may, from two processes', async () => {
    expect(granted(await atOnce((_, process) => request(10, process)))).toBe(10);
    expect(await counted()).toEqual({ 'requested-calls': 10, destinations: 0 });
    expect(await request(10)).toBe(false);
    expect(await request(11)).toBe(true);
  });

  it('dials as many of 64 phones at once as it may, from two processes', async () => {
    expect(granted(await atOnce((index, process) => dial(`phone-${index}`, 10, process)))).toBe(10);
    expect(await counted()).toEqual({ 'requested-calls': 0, destinations: 10 });
    expect(await rows('daily_destination')).toHaveLength(10);
  });

  it('dials a phone again as often as it likes, also while its first call takes the last place', async () => {
    // The day has begun: nobody starts over because of its row.
    await dial('an earlier one', 2);
    expect(granted(await atOnce((_, process) => dial('the same', 2, process)))).toBe(AT_ONCE);
    expect((await counted()).destinations).toBe(2);
    expect(await dial('another', 2)).toBe(false);
    expect(await dial('the same', 2)).toBe(true);
  });

  it('gets back what it did not place, and no more', async () => {
    const giveBack = () => test.database.transaction((tx) => here().caps.giveBackRequestedCall(tx, accountId));
    expect(await request(1)).toBe(true);
    for (const _ of [1, 2]) await giveBack();
    expect((await counted())['requested-calls']).toBe(0);
    expect(await request(1)).toBe(true);
    expect(await request(1)).toBe(false);
  });

  it('without a cap is not counted', async () => {
    for (const _ of [1, 2]) expect(await request(0)).toBe(true);
    expect(await rows('daily_count')).toEqual([]);
  });

  it('is told of once a day and cap, and counted in a metric each time', async () => {
    for (const phone of ['a', 'b', 'c']) await dial(phone, 1);
    for (const _ of [1, 2, 3]) await request(1);
    await jobs.runDue();
    const day = new Date(clock.now()).toISOString().slice(0, 10);
    expect(written.map(({ msg, account, day: on, cap }) => ({ msg, account, on, cap }))).toEqual([
      { msg: 'daily.cap_reached', account: accountId, on: day, cap: 'destinations' },
      { msg: 'daily.cap_reached', account: accountId, on: day, cap: 'requested-calls' },
    ]);
    const text = await metrics.registry.metrics();
    for (const cap of ['destinations', 'requested-calls'])
      expect(
        Number(new RegExp(`daily_cap_refusals_total{cap="${cap}"} (\\d+)`).exec(text)?.[1]),
      ).toBeGreaterThanOrEqual(2);

    clock.advance(DAY_MS);
    await dial('d', 1);
    await dial('e', 1);
    await jobs.runDue();
    expect(written).toHaveLength(3);
  });

  it('begins each UTC day anew, and its phones are forgotten two days later', async () => {
    expect(await dial('phone', 1)).toBe(true);
    clock.advance(DAY_MS);
    expect(await dial('another', 1)).toBe(true);
    expect(await dial('phone', 1)).toBe(false);
    await here().caps.purge();
    expect(await rows('daily_destination')).toHaveLength(2);
    clock.advance(DAY_MS);
    expect(await here().caps.purge()).toBeGreaterThanOrEqual(1);
    expect(await rows('daily_destination')).toMatchObject([{ party_index: 'another' }]);
    expect(await rows('daily_count')).toHaveLength(2);
    clock.advance(40 * DAY_MS);
    await here().caps.purge();
    expect([await rows('daily_count'), await rows('daily_destination')]).toEqual([[], []]);
  });
});
