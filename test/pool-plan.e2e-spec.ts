import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { WatchPool } from '../src/number-pool/index.js';
import { FakeClock } from './support/ground.js';
import { AUTH_ID, describeOnEachService, type Service } from './support/service.js';

const DAY = 86_400_000;
const AMY = '+14158675309';

interface Plan {
  numbers_needed: number;
  present: { available: number } | null;
  numbers_missing: number | null;
}
interface Country {
  country: string;
  subaccount: string | null;
  numbers: number;
  peaks: { day: string; numbers_needed: number }[];
  full_on: string | null;
  reason: string;
}

describeOnEachService('how large the pool is to be', (start) => {
  let service: Service;
  let clock: FakeClock;

  beforeAll(async () => {
    clock = new FakeClock();
    service = await start({ clock, settings: { ROLE: 'api' } });
    await service.addNumbers(['14155550100', '14155550101', '442079460000']);
  });
  beforeEach(() => service.dataSource.query('DELETE FROM pool_peak'));

  const plan = (query: string) => service.admin<Plan>('GET', `/pool/plan?${query}`);
  const watch = () => service.app.get(WatchPool).run();
  const forecast = async (): Promise<Country[]> => {
    const asked = await service.admin<{ countries: Country[] }>('GET', `/pool/forecast?account=${service.authId}`);
    expect(asked.status).toBe(200);
    return asked.body.countries;
  };
  const open = (first: string, second: string) =>
    service.sessions('POST', '/', { first_party: first, second_party: second, session_expiry: 600 });

  it.each([
    [10, 5, 14],
    [1, 1, 1],
    [100_000, 100_000, 199_999],
    [0, 5, 0],
    [5, 0, 0],
    [0, 0, 0],
  ])('is planned for %i and %i sessions of one phone: %i', async (first, second, needed) => {
    const planned = await plan(`first_max=${first}&second_max=${second}`);
    expect(planned).toMatchObject({
      status: 200,
      body: { first_max: first, second_max: second, numbers_needed: needed, present: null, numbers_missing: null },
    });
  });

  it('is compared with what there is', async () => {
    const query = `first_max=3&second_max=2&account=${service.authId}&country=`;
    expect((await plan(`${query}us`)).body).toMatchObject({
      country: 'US',
      present: { country: 'US', numbers: 2, available: 2 },
      numbers_missing: 2,
    });
    expect((await plan(`${query}GB`)).body).toMatchObject({ present: { available: 1 }, numbers_missing: 3 });
    expect((await plan(`${query}FR`)).body).toMatchObject({ present: null, numbers_missing: 4 });
  });

  it.each([
    ['', 'first_max'],
    ['second_max=1', 'first_max'],
    ['first_max=1', 'second_max'],
    ['first_max=-1&second_max=1', 'first_max'],
    ['first_max=1.5&second_max=1', 'first_max'],
    ['first_max=1e3&second_max=1', 'first_max'],
    ['first_max=&second_max=1', 'first_max'],
    ['first_max=100001&second_max=1', 'first_max'],
    ['first_max=1&first_max=2&second_max=1', 'first_max'],
    ['first_max=1&second_max=1&country=USA', 'country'],
    [`first_max=1&second_max=1&account=${AUTH_ID}`, 'country'],
    ['first_max=1&second_max=1&colour=red', 'colour'],
  ])('is not planned by %s', async (query, param) => {
    const refused = await plan(query);
    expect(refused).toMatchObject({ status: 400, body: { param } });
    expect(refused.text).toContain(param);
  });

  it('is not forecast without an account', async () => {
    expect(await service.admin('GET', '/pool/forecast')).toMatchObject({ status: 400, body: { param: 'account' } });
    const ofNobody = '/pool/forecast?account=MANOBODY';
    expect(await service.admin('GET', ofNobody)).toMatchObject({ status: 404, body: { code: 'not_found' } });
    const ofNobodys = await plan('first_max=3&second_max=2&country=US&account=MANOBODY');
    expect(ofNobodys).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });

  it('is remembered by its highest need of each day, and forgotten after two months', async () => {
    await watch();
    await open(AMY, '+14152749061');
    await open(AMY, '+14152749062');
    await watch();
    clock.advance(3_600_000);
    await watch();
    const us = (await forecast()).find(({ country }) => country === 'US');
    expect(us).toMatchObject({
      subaccount: null,
      numbers: 2,
      peaks: [{ day: '2026-01-05', numbers_needed: 2 }],
      full_on: null,
      reason: 'not enough days: 0 of 14',
    });
    clock.advance(DAY);
    await watch();
    expect((await forecast()).find(({ country }) => country === 'US')).toMatchObject({
      peaks: [{ numbers_needed: 2 }, { day: '2026-01-06', numbers_needed: 0 }],
      reason: 'not enough days: 1 of 14',
    });
    clock.advance(60 * DAY);
    await watch();
    const kept = await service.dataSource.query<{ day: unknown }[]>("SELECT day FROM pool_peak WHERE country = 'US'");
    expect(kept.map(({ day }) => new Date(Number(day)).toISOString().slice(0, 10))).toEqual([
      '2026-01-06',
      '2026-03-07',
    ]);
  });

  it('is forecast from the days before this one', async () => {
    const today = clock.now() - (clock.now() % DAY);
    for (let back = 0; back <= 30; back++)
      await service.dataSource.query(
        "INSERT INTO pool_peak (account_id, subaccount_id, country, day, numbers_needed) VALUES (?, '', 'US', ?, ?)",
        // Today's is none to go by.
        [service.authId, today - back * DAY, back === 0 ? 900 : 60 - back],
      );
    for (let made = 0; made < 70; made++) await service.addNumbers([`1202555${1000 + made}`]);
    const us = (await forecast()).find(({ country }) => country === 'US');
    expect(us?.peaks).toHaveLength(31);
    expect(us).toMatchObject({ numbers: 72, reason: 'rises by 7.00 numbers a week in the peaks of 30 days' });
    // 60 − 1 yesterday, so 72 in twelve days and more than that in thirteen.
    expect(us?.full_on).toBe(new Date(today + 13 * DAY).toISOString().slice(0, 10));
  });
});
