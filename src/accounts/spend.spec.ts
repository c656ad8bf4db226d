import { beforeAll, expect, it } from '@jest/globals';
import { describeOnEachDatabase, type TestDatabase } from '../../test/support/database.js';
import { announced, FakeClock, testConfig } from '../../test/support/ground.js';
import { Events } from '../platform/events/events.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { createLogger } from '../platform/logging/logger.js';
import { Metrics } from '../platform/metrics.js';
import { SpendCapReached } from './accounts.events.js';
import { Spend } from './spend.js';

const DAY_MS = 86_400_000;

describeOnEachDatabase('an account with a spend cap', (open) => {
  let test: TestDatabase;
  let clock: FakeClock;
  let spend: Spend;
  let jobs: Jobs;
  let events: Events;
  let accounts = 0;

  beforeAll(async () => {
    test = await open();
    clock = new FakeClock();
    const log = createLogger({ level: 'silent', format: 'json' });
    events = new Events();
    jobs = new Jobs(test.database, clock, testConfig(), log);
    spend = new Spend(test.database, clock, jobs, events, log, new Metrics());
    spend.onModuleInit();
  });

  /** Each fact has an account of its own. */
  const newAccount = (): string => `MASPEND${String((accounts += 1)).padStart(13, '0')}`;
  const reserve = (accountId: string, holder: string, micros: number, cap = '1') =>
    test.database.transaction((tx) => spend.reserve(tx, { accountId, holder, micros, cap }));
  const settle = (accountId: string, holder: string, micros: number, isFinal = true) =>
    test.database.transaction((tx) => spend.settle(tx, { accountId, holder, at: clock.now(), micros, isFinal }));

  it('gets as many of 200 calls at once as fit, to the micro-unit', async () => {
    const accountId = newAccount();
    const granted = await Promise.all(
      Array.from({ length: 200 }, (_, index) => reserve(accountId, `${accountId}-${index}`, 33_333)),
    );

    expect(granted.filter(Boolean)).toHaveLength(30);
    expect(await spend.today(accountId)).toMatchObject({ spent: 0, reserved: 999_990, isCapReached: true });
    const told = await test.database.read((manager) =>
      manager.query("SELECT payload FROM job WHERE kind = 'accounts.spend-cap-reached'"),
    );
    expect(told.filter(({ payload }: { payload: string }) => payload.includes(accountId))).toHaveLength(1);
    const news = announced(events, [SpendCapReached]);
    await jobs.runDue();
    expect(news).toContainEqual(new SpendCapReached(accountId, Date.UTC(2026, 0, 5)));
  });

  it('has room again for what a call did not cost', async () => {
    const accountId = newAccount();
    expect(await reserve(accountId, `${accountId}-1`, 700_000)).toBe(true);
    expect(await reserve(accountId, `${accountId}-2`, 700_000)).toBe(false);

    await settle(accountId, `${accountId}-1`, 41_000, false);
    expect(await reserve(accountId, `${accountId}-2`, 700_000)).toBe(false);
    await settle(accountId, `${accountId}-1`, 0);
    expect(await spend.today(accountId)).toMatchObject({ spent: 41_000, reserved: 0 });
    expect(await reserve(accountId, `${accountId}-2`, 700_000)).toBe(true);
  });

  it('reserves once for a call that asks twice, and gives back once', async () => {
    const accountId = newAccount();
    for (const _ of [1, 2]) expect(await reserve(accountId, `${accountId}-1`, 600_000)).toBe(true);
    expect(await spend.today(accountId)).toMatchObject({ reserved: 600_000 });
    for (const _ of [1, 2]) await settle(accountId, `${accountId}-1`, 0);
    expect(await spend.today(accountId)).toMatchObject({ reserved: 0 });
  });

  it('pays on the day of the reservation, and begins each day anew', async () => {
    const accountId = newAccount();
    const yesterday = clock.now();
    await reserve(accountId, `${accountId}-1`, 900_000);
    clock.advance(DAY_MS);
    expect(await reserve(accountId, `${accountId}-2`, 900_000)).toBe(true);
    await settle(accountId, `${accountId}-1`, 500_000);

    expect(await spend.today(accountId)).toMatchObject({ spent: 0, reserved: 900_000 });
    const rows = await test.database.read((manager) =>
      manager.query('SELECT spent FROM account_spend WHERE account_id = ? AND day < ?', [accountId, yesterday + 1]),
    );
    expect(rows.map((row: { spent: string | number }) => Number(row.spent))).toEqual([500_000]);
  });

  it('begins a day with what its calls have cost already', async () => {
    const accountId = newAccount();
    spend.beginDaysWith(async () => 950_000);
    expect(await reserve(accountId, `${accountId}-1`, 50_001)).toBe(false);
    expect(await reserve(accountId, `${accountId}-2`, 50_000)).toBe(true);
    spend.beginDaysWith(async () => 0);
  });
});
