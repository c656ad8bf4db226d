import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { line } from '../../test/support/billing.js';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { ACCOUNT, clearSessions } from '../../test/support/ground.js';
import { Accounts } from '../accounts/index.js';
import type { Database } from '../platform/database/database.js';
import { GROUPINGS, ReadStats, spentSince, type StatsQuestion } from './read-stats.js';
import { CALL_STATS, SESSION_STATS } from './stat.entity.js';
import { ALL_NUMBERS, NOTHING } from './sums.js';

const OTHER = 'MAOTHEROTHEROTHER000';
const HOUR = 3_600_000;
const NINE = Date.UTC(2026, 0, 5, 9);
const TEN = NINE + HOUR;
const NEXT_DAY = NINE + 24 * HOUR;

describeOnEachDatabase('statistics', (open) => {
  let database: Database;
  let readStats: ReadStats;

  beforeAll(async () => {
    ({ database } = await open());
    readStats = new ReadStats(database, new Accounts());
  });
  beforeEach(async () => {
    await clearSessions(database);
    for (const [index, id] of [ACCOUNT, OTHER].entries())
      await database.transaction((tx) =>
        tx.query(
          'INSERT INTO account (auth_id, name, plivo_auth_id, plivo_auth_token, created_at) VALUES (?, ?, ?, ?, ?)',
          [id, 'Some', id, 'sealed', index],
        ),
      );
  });

  /** Calls of a number in an hour, as they are summed up in two rows of many. */
  const calls = async (
    virtualNumber: string,
    hour: number,
    count: number,
    { accountId = ACCOUNT, shard = 0 } = {},
  ): Promise<void> => {
    const sums = { ...NOTHING, calls: count, connected: 1, talkSeconds: 10, billedSeconds: 60, amount: 100 * count };
    await database.transaction(async (tx) => {
      for (const number of [virtualNumber, ALL_NUMBERS]) {
        const place = { accountId, virtualNumber: number, hour, shard };
        const known = await tx.query<unknown[]>(
          'SELECT calls FROM call_stat WHERE account_id = ? AND virtual_number = ? AND hour = ? AND shard = ?',
          Object.values(place),
        );
        if (known.length === 0) await CALL_STATS.insert(tx, { ...place, ...sums });
        else
          await tx.query(
            `UPDATE call_stat SET calls = calls + ?, connected = connected + 1, talk_seconds = talk_seconds + 10,
              billed_seconds = billed_seconds + 60, amount = amount + ?
             WHERE account_id = ? AND virtual_number = ? AND hour = ? AND shard = ?`,
            [count, 100 * count, ...Object.values(place)],
          );
      }
    });
  };
  const ofSession = (sessionId: string, hour: number, count: number, accountId = ACCOUNT): Promise<void> =>
    database.transaction((tx) =>
      SESSION_STATS.insert(tx, {
        ...NOTHING,
        sessionId,
        hour,
        accountId,
        virtualNumber: '12025550000',
        calls: count,
        sessions: 1,
        fees: 5,
      }),
    );
  const asked = (question: Partial<StatsQuestion>, page: { after?: string; limit?: number } = {}): Promise<string[]> =>
    readStats
      .run({ from: NINE, to: NEXT_DAY + HOUR, groupBy: 'hour', ...question }, page)
      .then((rows) => rows.map(line));

  it.each([
    [
      'hour',
      [
        '2026-01-05T09:00:00Z 7 3 30 180 700 0 0',
        '2026-01-05T10:00:00Z 8 1 10 60 800 0 0',
        '2026-01-06T09:00:00Z 16 1 10 60 1600 0 0',
      ],
    ],
    ['day', ['2026-01-05 15 4 40 240 1500 0 0', '2026-01-06 16 1 10 60 1600 0 0']],
    ['number', ['+12025550000 9 2 20 120 900 0 0', '+442079460000 2 1 10 60 200 0 0', 'unknown 20 2 20 120 2000 0 0']],
    ['country', ['GB 2 1 10 60 200 0 0', 'US 9 2 20 120 900 0 0', 'unknown 20 2 20 120 2000 0 0']],
    ['account', [`${OTHER} 4 1 10 60 400 0 0`, `${ACCOUNT} 27 4 40 240 2700 0 0`]],
  ] as const)('sum up all calls by %s, in the order of the keys', async (groupBy, rows) => {
    await calls('12025550000', NINE, 1);
    await calls('442079460000', NINE, 2);
    await calls('unknown', NINE, 4, { accountId: OTHER });
    await calls('12025550000', TEN, 8, { shard: 1 });
    await calls('unknown', NEXT_DAY, 16);

    expect(await asked({ groupBy })).toEqual(rows);
  });

  it('sum up several rows of one number and hour', async () => {
    for (const shard of [0, 1, 2]) await calls('12025550000', NINE, 5, { shard });

    expect(await asked({ groupBy: 'number' })).toEqual(['+12025550000 15 3 30 180 1500 0 0']);
    expect(await asked({ groupBy: 'hour' })).toEqual(['2026-01-05T09:00:00Z 15 3 30 180 1500 0 0']);
  });

  it('put numbers of one country together, and what is no country to the unknown', async () => {
    await calls('12025550000', NINE, 1);
    await calls('14155550000', NINE, 2);
    await calls('999', NINE, 4);
    await calls('unknown', NINE, 8);

    expect(await asked({ groupBy: 'country' })).toEqual(['US 3 2 20 120 300 0 0', 'unknown 12 2 20 120 1200 0 0']);
  });

  it.each([
    ['whole hours', NINE, TEN, 1],
    ['a begun hour at the beginning', NINE + HOUR - 1, TEN, 1],
    ['a begun hour at the end', NINE, TEN + 1, 3],
    ['nothing of the hours before', TEN, TEN + HOUR, 2],
    ['nothing where the end is the beginning', NINE, NINE, null],
  ])('hold %s', async (_, from, to, count) => {
    await calls('12025550000', NINE - HOUR, 4);
    await calls('12025550000', NINE, 1);
    await calls('12025550000', TEN, 2);
    await calls('12025550000', TEN + HOUR, 8);
    await ofSession('s', NINE - HOUR, 4);
    await ofSession('s', NINE, 1);
    await ofSession('s', TEN, 2);
    await ofSession('s', TEN + HOUR, 8);

    for (const groupBy of GROUPINGS) {
      const rows = await readStats.run({ from, to, groupBy });
      const found = rows.reduce((sum, row) => sum + row.calls, 0);
      expect([groupBy, found]).toEqual([groupBy, count ?? 0]);
    }
  });

  it('are those of one account where one is asked for, which has to exist', async () => {
    await calls('12025550000', NINE, 1);
    await calls('12025550001', NINE, 2, { accountId: OTHER });
    await ofSession('s1', NINE, 1);
    await ofSession('s2', NINE, 2, OTHER);

    for (const groupBy of GROUPINGS) {
      const rows = await readStats.run({ accountId: OTHER, from: NINE, to: TEN, groupBy });
      expect([groupBy, rows.map((row) => row.calls)]).toEqual([groupBy, [2]]);
    }
    await expect(asked({ accountId: 'MAUNKNOWNUNKNOWN0000' })).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('are empty where there is no account at all', async () => {
    await database.transaction((tx) => tx.query('DELETE FROM account'));

    for (const groupBy of GROUPINGS) expect(await asked({ groupBy })).toEqual([]);
  });

  it('by session sum up its hours and its fee', async () => {
    await ofSession('s1', NINE, 1);
    await ofSession('s1', TEN, 2);
    await ofSession('s2', NINE, 4);

    expect(await asked({ groupBy: 'session' })).toEqual(['s1 3 0 0 0 0 2 10', 's2 4 0 0 0 0 1 5']);
  });

  it('are read page by page, after the key of the page before', async () => {
    for (const [index, number] of ['12025550000', '12025550001', '12025550002'].entries())
      await calls(number, NINE, index + 1);
    for (const id of ['s1', 's2', 's3']) await ofSession(id, NINE, 1);

    const numbers = await asked({ groupBy: 'number' }, { after: '+12025550000', limit: 1 });
    expect(numbers).toEqual(['+12025550001 2 1 10 60 200 0 0']);
    expect(await asked({ groupBy: 'number' }, { after: '+12025550001' })).toEqual(['+12025550002 3 1 10 60 300 0 0']);
    expect(await asked({ groupBy: 'session' }, { after: 's1', limit: 1 })).toEqual(['s2 1 0 0 0 0 1 5']);
    expect(await asked({ groupBy: 'session' }, { after: 's2' })).toEqual(['s3 1 0 0 0 0 1 5']);
  });

  const pages = async (groupBy: StatsQuestion['groupBy']): Promise<number[]> => {
    const lengths: number[] = [];
    for await (const page of readStats.pages({ from: NINE, to: TEN, groupBy })) lengths.push(page.length);
    return lengths;
  };

  it.each([
    [0, []],
    [1, [1]],
    [1000, [1000]],
    [1001, [1000, 1]],
    [2001, [1000, 1000, 1]],
  ])('of %i sessions come a thousand at a time: %j', async (count, lengths) => {
    await database.transaction(async (tx) => {
      for (let one = 0; one < count; one++)
        await SESSION_STATS.insert(tx, {
          ...NOTHING,
          sessionId: `session-${String(one).padStart(6, '0')}`,
          hour: NINE,
          accountId: ACCOUNT,
          virtualNumber: '12025550000',
        });
    });

    expect(await pages('session')).toEqual(lengths);
  });

  it('by anything else come in one page', async () => {
    await calls('12025550000', NINE, 1);
    await calls('12025550001', NINE, 1);

    expect(await pages('number')).toEqual([2]);
    expect(await pages('account')).toEqual([1]);
  });

  it('tell what an account has spent since an hour, of all its numbers once', async () => {
    await calls('12025550000', NINE, 1);
    await calls('12025550001', TEN, 2);
    await calls('12025550000', NEXT_DAY, 4);
    await calls('12025550002', NEXT_DAY, 8, { accountId: OTHER });
    const spent = (since: number) => database.transaction((tx) => spentSince(tx, ACCOUNT, since));

    expect(await spent(NINE)).toBe(700);
    expect(await spent(TEN)).toBe(600);
    expect(await spent(NEXT_DAY)).toBe(400);
    expect(await spent(NEXT_DAY + HOUR)).toBe(0);
  });
});
