import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { Clock } from '../platform/clock.js';
import type { Database } from '../platform/database/database.js';
import { Events } from '../platform/events/events.js';
import { newId } from '../platform/ids.js';
import { createLogger } from '../platform/logging/logger.js';
import { numbersNeededFor } from './measure-pool.js';
import { PoolRanLow } from './number-pool.events.js';
import { PoolFigures } from './pool-figures.js';
import { PoolRefusals } from './pool-refusals.js';

const ACCOUNT = 'MAFIRSTFIRSTFIRST000';
const OTHER = 'MAOTHEROTHEROTHER000';
const SUBACCOUNT = 'SAFIRSTFIRSTFIRST000';

describe('how many numbers a pool needs', () => {
  it.each([
    [0, 0, 0],
    [1, 0, 1],
    [0, 1, 1],
    [3, 0, 3],
    [1, 1, 1],
    [10, 1, 10],
    [10, 4, 13],
    [10, 10, 19],
  ])(
    'is for at most %i sessions of a first and %i of a second party: %i',
    (maxSessionsFirst, maxSessionsSecond, needed) => {
      expect(numbersNeededFor({ maxSessionsFirst, maxSessionsSecond })).toBe(needed);
    },
  );
});

describeOnEachDatabase('figures of the pool', (open) => {
  const clock = new Clock();
  let dataSource: DataSource;
  let database: Database;
  let poolFigures: PoolFigures;
  let refusals: PoolRefusals;
  let ids: Map<string, number>;

  beforeAll(async () => {
    ({ dataSource, database } = await open());
    refusals = new PoolRefusals(database, clock, new Events(), createLogger({ level: 'silent', format: 'json' }));
    poolFigures = new PoolFigures(database, clock, refusals);
  });

  beforeEach(async () => {
    for (const table of ['virtual_number', 'masking_session', 'pool_refusal'])
      await dataSource.query(`DELETE FROM ${table}`);
    ids = new Map();
  });

  const number = async (
    digits: string,
    {
      account = ACCOUNT,
      subaccount = null as string | null,
      status = 'active',
      missingSince = null as number | null,
    } = {},
  ) => {
    const isBritish = digits.startsWith('44');
    await dataSource.query(
      `INSERT INTO virtual_number (account_id, subaccount_id, number, calling_code, country, alias, status, is_synced, missing_since, created_at)
       VALUES (?, ?, ?, ?, ?, '', ?, 1, ?, 0)`,
      [account, subaccount, digits, isBritish ? '44' : '1', isBritish ? 'GB' : 'US', status, missingSince],
    );
    const [row] = await dataSource.query<{ id: number }[]>('SELECT id FROM virtual_number WHERE number = ?', [digits]);
    ids.set(digits, row!.id);
  };
  const session = (
    digits: string,
    first: string | null,
    second: string | null,
    { status = 'active', expiresAt = clock.now() + 60_000 } = {},
  ) =>
    dataSource.query(
      `INSERT INTO masking_session (id, account_id, status, parties, first_index, second_index, virtual_number_id, virtual_number,
        settings, created_at, modified_at, expires_at)
       VALUES (?, ?, ?, '', ?, ?, ?, '', '', 0, 0, ?)`,
      [newId(), ACCOUNT, status, first, second, ids.get(digits), expiresAt],
    );

  const figuresOf = async (filter: { accountId?: string }) => (await poolFigures.run(filter)).items;

  it('has nothing to say of an empty pool', async () => {
    expect(await poolFigures.run({})).toEqual({ items: [], as_of: expect.any(String) });
  });

  it('counts numbers, those that take sessions, and what the live sessions need', async () => {
    await number('14155550100');
    await number('14155550101');
    await number('14155550102', { status: 'draining' });
    await number('14155550103', { missingSince: 1 });
    await number('14155550104', { status: 'retired' });
    for (const [line, second] of ['b1', 'b2', 'b3'].entries()) await session(`1415555010${line}`, 'a1', second);
    await session('14155550100', 'a2', 'b1');
    await session('14155550100', 'a3', null);
    await session('14155550100', 'a1', 'b9', { status: 'expired', expiresAt: clock.now() });
    await session('14155550100', 'a1', 'b8', { expiresAt: clock.now() });
    await session('14155550104', 'a1', 'b7');

    expect(await figuresOf({ accountId: ACCOUNT })).toEqual([
      {
        account: ACCOUNT,
        subaccount: null,
        country: 'US',
        numbers: 4,
        available: 2,
        live_sessions: 5,
        max_sessions_first: 3,
        max_sessions_second: 2,
        numbers_needed: 4,
        headroom: -2,
        refusals_24h: 0,
      },
    ]);
  });

  it('keeps countries, subaccounts and accounts apart', async () => {
    await number('14155550100');
    await number('14155550101', { subaccount: SUBACCOUNT });
    await number('442079460000');
    await number('14155550102', { account: OTHER });
    await session('14155550101', 'a1', 'b1');
    await session('442079460000', 'a1', 'b1');

    const figures = await figuresOf({});
    expect(
      figures.map((pool) => [pool.account, pool.subaccount, pool.country, pool.live_sessions, pool.headroom]),
    ).toEqual([
      [ACCOUNT, null, 'GB', 1, 0],
      [ACCOUNT, null, 'US', 0, 1],
      [ACCOUNT, SUBACCOUNT, 'US', 1, 0],
      [OTHER, null, 'US', 0, 1],
    ]);
    expect(await figuresOf({ accountId: OTHER })).toHaveLength(1);
  });

  it('counts a phone on both sides with all its sessions, because each of them blocks a number', async () => {
    await number('14155550100');
    await number('14155550101');
    await session('14155550100', 'p', 'q');
    await session('14155550101', 'q', 'p');

    expect(await figuresOf({})).toMatchObject([{ max_sessions_first: 2, max_sessions_second: 2, numbers_needed: 3 }]);
  });

  it('counts for a day the sessions that a pool refused, in each country whose numbers would have done', async () => {
    await number('14155550100');
    await number('442079460000');
    await number('14155550101', { subaccount: SUBACCOUNT });
    const pool = { accountId: ACCOUNT, subaccountId: null };
    const counted = async () =>
      (await figuresOf({})).map(({ country, subaccount, refusals_24h }) => [country, subaccount, refusals_24h]);

    for (let refused = 0; refused < 3; refused++)
      refusals.note({ ...pool, callingCode: null }, 'number_pool_exhausted');
    refusals.note({ ...pool, callingCode: '44' }, 'number_pool_exhausted');
    refusals.note({ ...pool, callingCode: '49' }, 'number_pool_exhausted');
    refusals.note({ ...pool, subaccountId: SUBACCOUNT, callingCode: null }, 'number_pool_exhausted');
    const first = [
      ['GB', null, 4],
      ['US', null, 3],
      ['US', SUBACCOUNT, 1],
    ];
    expect(await counted()).toEqual(first);
    // Another process adds to the same rows.
    const other = new PoolRefusals(database, clock, new Events(), createLogger({ level: 'silent', format: 'json' }));
    other.note({ ...pool, callingCode: '1' }, 'number_pool_exhausted');
    await other.onModuleDestroy();
    expect((await counted())[1]).toEqual(['US', null, 4]);

    clock.advance(25 * 3_600_000);
    expect((await counted()).map(([, , count]) => count)).toEqual([0, 0, 0]);
    refusals.note({ ...pool, callingCode: null }, 'number_pool_exhausted');
    expect((await counted()).map(([, , count]) => count)).toEqual([1, 1, 0]);
    expect(await dataSource.query('SELECT refusals FROM pool_refusal')).toHaveLength(1);
  });

  it('stand with what is told of a refusal, in each country whose numbers would have done', async () => {
    const events = new Events();
    const told: PoolRanLow[] = [];
    events.subscribe(PoolRanLow, async (_, event) => void told.push(event));
    const here = new PoolRefusals(database, clock, events, createLogger({ level: 'silent', format: 'json' }));
    await number('14155550100');
    await number('442079460000');
    await number('14155550101', { subaccount: SUBACCOUNT });
    for (const second of ['b1', 'b2', 'b3']) await session('14155550100', 'a1', second);
    await poolFigures.run({});

    here.note({ accountId: ACCOUNT, subaccountId: null, callingCode: null }, 'number_pool_exhausted');
    await here.write();

    expect(told.map(({ country, refusals: count, figures }) => [country, count, figures])).toEqual([
      ['GB', 1, { available: 1, numbersNeeded: 0 }],
      ['US', 1, { available: 1, numbersNeeded: 3 }],
    ]);
  });
});
