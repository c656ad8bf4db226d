import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { line } from '../../test/support/billing.js';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { ACCOUNT, clearSessions } from '../../test/support/ground.js';
import { Accounts } from '../accounts/index.js';
import type { Database } from '../platform/database/database.js';
import { TimeZone } from '../platform/time-zone.js';
import { GROUPINGS, type Grouping } from './group-stats.js';
import { ReadStats, spentSince, type StatsQuestion } from './read-stats.js';
import { CALL_STATS, SESSION_STATS, type Direction } from './stat.entity.js';
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
    {
      accountId = ACCOUNT,
      shard = 0,
      direction = 'inbound' as Direction,
      subaccountId = '',
      ownAmount = 0,
      sessions = 0,
    } = {},
  ): Promise<void> => {
    const talked = { calls: count, connected: 1, talkSeconds: 10, billedSeconds: 60, amount: 100 * count };
    const sums = { ...NOTHING, ...talked, ownAmount, sessions, fees: 7 * sessions };
    await database.transaction(async (tx) => {
      for (const number of [virtualNumber, ALL_NUMBERS]) {
        const place = { accountId, virtualNumber: number, quarter: hour, direction, subaccountId, shard };
        const here =
          'account_id = ? AND virtual_number = ? AND hour = ? AND direction = ? AND subaccount_id = ? AND shard = ?';
        const known = await tx.query<unknown[]>(`SELECT calls FROM call_stat WHERE ${here}`, Object.values(place));
        if (known.length === 0) await CALL_STATS.insert(tx, { ...place, ...sums });
        else
          await tx.query(
            `UPDATE call_stat SET calls = calls + ?, connected = connected + 1, talk_seconds = talk_seconds + 10,
              billed_seconds = billed_seconds + 60, amount = amount + ?
             WHERE ${here}`,
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
        quarter: hour,
        direction: 'inbound',
        accountId,
        virtualNumber: '12025550000',
        subaccountId: '',
        calls: count,
        sessions: 1,
        fees: 5,
      }),
    );
  type Asked = Partial<Omit<StatsQuestion, 'groupBy' | 'zone'>> & { groupBy?: string; zone?: string };
  const questionOf = ({ groupBy = 'hour', zone = 'UTC', ...question }: Asked): StatsQuestion => ({
    from: NINE,
    to: NEXT_DAY + HOUR,
    ...question,
    groupBy: groupBy.split(',') as Grouping[],
    zone: TimeZone.named(zone)!,
  });
  const asked = (question: Asked, page: { after?: string; limit?: number } = {}): Promise<string[]> =>
    readStats.run(questionOf(question), page).then((rows) => rows.map(line));

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

  it('have what accounts came to that were deleted since, each and in every sum', async () => {
    const gone = ['MA0', 'MAGONEGONEGONEGONE00', 'MAGONEGONEGONEGONE01', 'MAZ'];
    await calls('12025550000', NINE, 1);
    for (const accountId of gone) await calls('12025550000', NINE, 2, { accountId });

    expect(await asked({ groupBy: 'number' })).toEqual(['+12025550000 9 5 50 300 900 0 0']);
    expect((await asked({ groupBy: 'account' })).map((row) => row.split(' ')[0])).toEqual(
      [...gone, ACCOUNT].toSorted(),
    );
    for (const accountId of gone)
      expect(await asked({ accountId, groupBy: 'day' })).toEqual(['2026-01-05 2 1 10 60 200 0 0']);
    await expect(asked({ accountId: 'MANOBODYNOBODYNOBODY' })).rejects.toThrow('no account has this auth_id');
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
      const rows = await readStats.run(questionOf({ from, to, groupBy }));
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
      const rows = await readStats.run(questionOf({ accountId: OTHER, from: NINE, to: TEN, groupBy }));
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

  const pages = async (groupBy: string): Promise<number[]> => {
    const lengths: number[] = [];
    for await (const page of readStats.pages(questionOf({ from: NINE, to: TEN, groupBy }))) lengths.push(page.length);
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
          quarter: NINE,
          direction: 'inbound',
          accountId: ACCOUNT,
          virtualNumber: '12025550000',
          subaccountId: '',
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

  it('are put together by up to three keys, in the order in which they are asked for', async () => {
    await calls('12025550000', NINE, 1, { sessions: 1 });
    await calls('12025550000', NINE, 2, { direction: 'requested', subaccountId: 'SASUB' });
    await calls('442079460000', NEXT_DAY, 4, { direction: 'unknown', subaccountId: 'unknown' });

    expect(await asked({ groupBy: 'month,account,country' })).toEqual([
      `2026-01/${ACCOUNT}/GB 4 1 10 60 400 0 0`,
      `2026-01/${ACCOUNT}/US 3 2 20 120 300 1 7`,
    ]);
    expect(await asked({ groupBy: 'subaccount,day' })).toEqual([
      'SASUB/2026-01-05 2 1 10 60 200 0 0',
      'none/2026-01-05 1 1 10 60 100 1 7',
      'unknown/2026-01-06 4 1 10 60 400 0 0',
    ]);
    expect(await asked({ groupBy: 'hour,number,direction' })).toEqual([
      '2026-01-05T09:00:00Z/+12025550000/inbound 1 1 10 60 100 0 0',
      '2026-01-05T09:00:00Z/+12025550000/none 0 0 0 0 0 1 7',
      '2026-01-05T09:00:00Z/+12025550000/requested 2 1 10 60 200 0 0',
      '2026-01-06T09:00:00Z/+442079460000/unknown 4 1 10 60 400 0 0',
    ]);
    const [first] = await readStats.run(questionOf({ groupBy: 'direction,month,hour' }));
    expect(first?.values).toEqual({ direction: 'inbound', month: '2026-01', hour: '2026-01-05T09:00:00Z' });
  });

  it('of several keys are read page by page too, also where one page ends within a session', async () => {
    for (const [id, hours] of Object.entries({ s1: 3, s2: 1, s3: 2 }))
      for (let hour = 0; hour < hours; hour++) await ofSession(id, NINE + hour * HOUR, 1);
    const whole = await asked({ groupBy: 'session,hour' });
    expect(whole).toHaveLength(6);
    expect((await asked({ groupBy: 'hour,session' })).map((row) => row.split('/')[1]?.split(' ')[0])).toEqual([
      's1',
      's2',
      's3',
      's1',
      's3',
      's1',
    ]);

    for (const [groupBy, all] of [
      ['session,hour', whole],
      ['hour,session', await asked({ groupBy: 'hour,session' })],
    ] as const) {
      const found: string[] = [];
      for (let after = ''; ;) {
        const [row] = await asked({ groupBy }, { after, limit: 1 });
        if (row === undefined) break;
        found.push(row);
        after = row.split(' ')[0]!;
      }
      expect(found).toEqual(all);
    }
  });

  it.each([
    // Five and a half hours before UTC: its days begin at 18:30.
    ['Asia/Kolkata', 'day', ['2026-01-05 1', '2026-01-06 6']],
    ['Asia/Kolkata', 'hour', ['2026-01-05T23:00:00+05:30 1', '2026-01-06T00:00:00+05:30 6']],
    ['Asia/Kathmandu', 'day', ['2026-01-06 7']],
    ['Asia/Kathmandu', 'hour', ['2026-01-06T00:00:00+05:45 7']],
    ['Pacific/Chatham', 'day', ['2026-01-06 7']],
    ['America/St_Johns', 'hour', ['2026-01-05T14:00:00-03:30 1', '2026-01-05T15:00:00-03:30 6']],
    ['UTC', 'hour', ['2026-01-05T18:00:00Z 7']],
  ])('know the days and hours of %s: by %s', async (zone, groupBy, rows) => {
    await calls('12025550000', Date.UTC(2026, 0, 5, 18, 15), 1);
    await calls('12025550000', Date.UTC(2026, 0, 5, 18, 30), 2);
    await calls('12025550000', Date.UTC(2026, 0, 5, 18, 45), 4);

    const found = await asked({ zone, groupBy, to: NEXT_DAY + 24 * HOUR });
    expect(found.map((row) => row.split(' ').slice(0, 2).join(' '))).toEqual(rows);
  });

  it('begin and end with hours of the zone', async () => {
    for (const [index, minute] of [0, 15, 30, 45].entries())
      await calls('12025550000', Date.UTC(2026, 0, 5, 18, minute), 10 ** index);

    const at = Date.UTC(2026, 0, 5, 18, 30);
    const of = async (from: number, to: number) =>
      (await asked({ zone: 'Asia/Kolkata', groupBy: 'account', from, to })).map((row) => row.split(' ')[1]);
    expect(await of(at, at + HOUR)).toEqual(['1100']);
    expect(await of(at + HOUR - 1, at + HOUR)).toEqual(['1100']);
    expect(await of(at - HOUR, at)).toEqual(['11']);
    expect(await of(at - 1, at)).toEqual(['11']);
    expect(await of(at - 1, at + 1)).toEqual(['1111']);
  });

  it.each([
    ['Europe/Berlin', Date.UTC(2026, 2, 28, 23), 23, '2026-03-29'],
    ['Europe/Berlin', Date.UTC(2026, 9, 24, 22), 25, '2026-10-25'],
    ['America/New_York', Date.UTC(2026, 2, 8, 5), 23, '2026-03-08'],
    ['America/New_York', Date.UTC(2026, 10, 1, 4), 25, '2026-11-01'],
    // Half an hour of summer time.
    ['Australia/Lord_Howe', Date.UTC(2026, 3, 4, 13), 24.5, '2026-04-05'],
    ['Asia/Kolkata', Date.UTC(2026, 9, 24, 18, 30), 24, '2026-10-25'],
  ])('give a day of %s that begins at %i its %d hours', async (zone, midnight, hours, day) => {
    for (let at = midnight - HOUR; at < midnight + 27 * HOUR; at += HOUR / 4) await calls('12025550000', at, 1);

    const question = { zone, from: midnight - HOUR, to: midnight + 27 * HOUR };
    const days = await asked({ ...question, groupBy: 'day' });
    expect(days.map((row) => row.split(' ').slice(0, 2).join(' '))).toContain(`${day} ${hours * 4}`);
    const perHour = await asked({ ...question, groupBy: 'day,hour' });
    const ofDay = perHour.filter((row) => row.startsWith(`${day}/`));
    expect(ofDay.reduce((sum, row) => sum + Number(row.split(' ')[1]), 0)).toBe(hours * 4);
    // Each hour that the clocks show is one of its own, also the one that they show twice.
    expect(ofDay).toHaveLength(Math.ceil(hours));
  });

  it('tell what is of Plivo and what is of the account itself', async () => {
    await calls('12025550000', NINE, 1, { ownAmount: 30, sessions: 2 });
    const [row] = await readStats.run(questionOf({ groupBy: 'number' }));
    expect(row).toMatchObject({ amount: 100, ownAmount: 30, sessions: 2, fees: 14 });
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
