import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { Accounts, AccountSettings } from '../accounts/index.js';
import { Clock } from '../platform/clock.js';
import { readConfig } from '../platform/settings/config.js';
import type { Database } from '../platform/database/database.js';
import { newId } from '../platform/ids.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { createLogger } from '../platform/logging/logger.js';
import { AddNumber, type AddNumberRequest } from './add-number.js';
import { ChangeNumber, type NumberChanges } from './change-number.js';
import { ForgetNumber } from './forget-number.js';
import { ListNumbers } from './list-numbers.js';
import { RemoveNumber } from './remove-number.js';
import { VirtualNumber } from './virtual-number.entity.js';

const ACCOUNT = 'MAFIRSTFIRSTFIRST000';
const OTHER = 'MAOTHEROTHEROTHER000';
const SUBACCOUNT = 'SAFIRSTFIRSTFIRST000';

describeOnEachDatabase('operators manage the pool', (open) => {
  const clock = new Clock();
  let dataSource: DataSource;
  let database: Database;
  let jobs: Jobs;
  let forgetNumber: ForgetNumber;
  let addNumber: AddNumber;
  let changeNumber: ChangeNumber;
  let removeNumber: RemoveNumber;
  let listNumbers: ListNumbers;

  beforeAll(async () => {
    ({ dataSource, database } = await open());
    const config = readConfig({});
    jobs = new Jobs(database, clock, config, createLogger({ level: 'silent', format: 'json' }));
    forgetNumber = new ForgetNumber(database, jobs);
    forgetNumber.onModuleInit();
    const settings = new AccountSettings(database, clock, config);
    addNumber = new AddNumber(new Accounts(), clock, settings);
    changeNumber = new ChangeNumber(database, clock);
    removeNumber = new RemoveNumber(database, jobs, clock, settings);
    listNumbers = new ListNumbers(database, clock);
    for (const id of [ACCOUNT, OTHER])
      await dataSource.query(
        'INSERT INTO account (auth_id, name, plivo_auth_id, plivo_auth_token, created_at) VALUES (?, ?, ?, ?, ?)',
        [id, 'Some', id, 'sealed', 0],
      );
    await dataSource.query('INSERT INTO subaccount (auth_id, account_id, name, created_at) VALUES (?, ?, ?, ?)', [
      SUBACCOUNT,
      ACCOUNT,
      'Branch',
      0,
    ]);
  });

  beforeEach(async () => {
    for (const table of ['virtual_number', 'number_assignment', 'pin_assignment', 'masking_session', 'job'])
      await dataSource.query(`DELETE FROM ${table}`);
  });

  const add = (request: Partial<AddNumberRequest> = {}) =>
    database.transaction((tx) => addNumber.run(tx, { accountId: ACCOUNT, number: '+14155550100', ...request }));
  const alter = (number: string, changes: NumberChanges) =>
    database.transaction((tx) => changeNumber.run(tx, number, changes));
  const remove = (number: string) => database.transaction((tx) => removeNumber.run(tx, number));
  const count = async (table: string): Promise<number> => {
    const [row] = await dataSource.query<{ n: number | string }[]>(`SELECT COUNT(*) AS n FROM ${table}`);
    return Number(row!.n);
  };

  /** A session of two parties on the number; lives for an hour unless told otherwise. */
  const session = async (
    { id }: VirtualNumber,
    { status = 'active', expiresAt = clock.now() + 3_600_000, first = newId().slice(-22), second = 'p2' } = {},
  ) => {
    const uuid = newId();
    await dataSource.query(
      `INSERT INTO masking_session (id, account_id, status, parties, first_index, second_index, virtual_number_id, virtual_number,
        settings, created_at, modified_at, expires_at)
       VALUES (?, ?, ?, '', ?, ?, ?, (SELECT number FROM virtual_number WHERE id = ?), '', ?, 0, ?)`,
      [uuid, ACCOUNT, status, first, second, id, id, 1_700_000_000_000, expiresAt],
    );
    await dataSource.query(`INSERT INTO number_assignment VALUES (?, ?, ?, 'first', ?)`, [id, first, uuid, expiresAt]);
  };

  it('adds a number as the last in pool order, active, with its country and calling code', async () => {
    await add({ number: '+442079460000', alias: 'London' });
    const { number, isNew } = await add();

    expect(isNew).toBe(true);
    expect(number).toMatchObject({
      accountId: ACCOUNT,
      subaccountId: null,
      number: '14155550100',
      callingCode: '1',
      country: 'US',
      status: 'active',
      isSynced: false,
      missingSince: null,
    });
    const { items } = await listNumbers.run({});
    expect(items.map((item) => item.number)).toEqual(['+442079460000', '+14155550100']);
  });

  it('leaves a number as it was when it is added again', async () => {
    await add({ alias: 'first' });
    const { number, isNew } = await add({ number: '1 415 555 0100', alias: 'second' });

    expect(isNew).toBe(false);
    expect(number.alias).toBe('first');
    expect(await count('virtual_number')).toBe(1);
  });

  it.each([
    ['+5215541637145', '+525541637145'],
    ['+541166773399', '+5491166773399'],
  ])('leaves %s as it was when the same line is added as %s', async (number, other) => {
    await add({ number });

    expect(await add({ number: other })).toMatchObject({ isNew: false, number: { number: number.slice(1) } });
    expect((await add({ number: other.replace(/5$/, '6').replace(/9$/, '8') })).isNew).toBe(true);
    await expect(add({ number: other, accountId: OTHER })).rejects.toMatchObject({ code: 'number_taken' });
    expect(await count('virtual_number')).toBe(2);
  });

  it('makes one row of ten simultaneous additions', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => add()));

    expect(answers.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(new Set(answers.map(({ number }) => number.id)).size).toBe(1);
  });

  it.each([
    ['a number of another account', { accountId: OTHER }, 'number_taken'],
    ['an unknown account', { accountId: 'MAUNKNOWNUNKNOWN0000' }, 'not_found'],
    ['an unknown subaccount', { subaccountId: 'SAUNKNOWNUNKNOWN0000' }, 'subaccount_not_found'],
    ['a subaccount of another account', { accountId: OTHER, subaccountId: SUBACCOUNT }, 'subaccount_not_found'],
    ['what is no number', { number: '555-0100' }, 'invalid_number'],
    ['a number of impossible length', { number: '+1415555010' }, 'invalid_number'],
  ])('refuses %s', async (_, request, code) => {
    await add();

    await expect(add(request)).rejects.toMatchObject({ code });
    expect(await count('virtual_number')).toBe(1);
  });

  it('changes only what is named', async () => {
    await add({ alias: 'Front desk', subaccountId: SUBACCOUNT });

    expect(await alter('14155550100', { status: 'draining' })).toMatchObject({
      status: 'draining',
      alias: 'Front desk',
      subaccountId: SUBACCOUNT,
    });
    await alter('+14155550100', { alias: '' });
    const { items } = await listNumbers.run({});
    expect(items[0]).toMatchObject({ status: 'draining', alias: '', subaccount: SUBACCOUNT });
  });

  it.each([[null], ['']])('gives a number back to the main account for subaccount %j', async (subaccountId) => {
    await add({ subaccountId: SUBACCOUNT });

    expect((await alter('+14155550100', { subaccountId })).subaccountId).toBeNull();
  });

  it('refuses another subaccount while a live session uses the number', async () => {
    const { number } = await add();
    await session(number);

    await expect(alter('+14155550100', { subaccountId: SUBACCOUNT })).rejects.toMatchObject({
      code: 'number_in_use',
      details: { extra: { live_sessions: 1 } },
    });
    await expect(alter('+14155550100', { subaccountId: null, status: 'retired' })).resolves.toMatchObject({
      status: 'retired',
    });
  });

  it('refuses a foreign subaccount and an unknown number', async () => {
    await add();

    await expect(alter('+14155550100', { subaccountId: 'SAUNKNOWNUNKNOWN0000' })).rejects.toMatchObject({
      code: 'subaccount_not_found',
    });
    await expect(alter('+14155550199', { alias: 'x' })).rejects.toMatchObject({ code: 'number_not_found' });
    await expect(remove('nonsense')).rejects.toMatchObject({ code: 'number_not_found' });
  });

  it('keeps a number that a live session uses', async () => {
    const { number } = await add();
    await session(number);

    await expect(remove('+14155550100')).rejects.toMatchObject({ code: 'number_in_use', kind: 'conflict' });
    expect(await count('virtual_number')).toBe(1);
    expect(await count('job')).toBe(0);
  });

  it.each([
    ['ended', { status: 'expired', expiresAt: clock.now() }],
    ['run out of time', { expiresAt: Date.now() - 1 }],
  ])('removes a number whose sessions have %s', async (_, state) => {
    const { number } = await add();
    await session(number, state);

    await remove('14155550100');
    expect(await count('virtual_number')).toBe(0);
  });

  it('does not remove a number on which somebody cools off: added again it would be lent them at once', async () => {
    const { number } = await add();
    await session(number, { status: 'expired', expiresAt: clock.now() });
    const until = clock.now() + 3_600_000;
    const place = (freeAfter: number) => [number.id, 'ann', newId(), 'first', freeAfter];
    await dataSource.query('INSERT INTO number_assignment VALUES (?, ?, ?, ?, ?)', place(until));

    await expect(remove('+14155550100')).rejects.toMatchObject({
      code: 'number_in_use',
      kind: 'conflict',
      message: expect.stringContaining(new Date(until).toISOString()),
    });
    expect([await count('virtual_number'), await count('job')]).toEqual([1, 0]);

    await dataSource.query('UPDATE number_assignment SET free_after = ?', [clock.now()]);
    await remove('+14155550100');
    expect(await count('virtual_number')).toBe(0);
  });

  it('forgets who had a removed number, in batches, and nobody else', async () => {
    const { number } = await add();
    const { number: kept } = await add({ number: '+14155550101' });
    for (const [id, rows] of [
      [number.id, 2001],
      [kept.id, 3],
    ] as const) {
      const values = Array.from({ length: rows }, (__, party) => `(${id}, 'party${party}', 's', 'first', 0)`).join(',');
      await dataSource.query(`INSERT INTO number_assignment VALUES ${values}`);
      await dataSource.query(`INSERT INTO pin_assignment VALUES (${id}, '*', 's', 'first', 0, NULL)`);
    }

    await remove('+14155550100');
    expect(await jobs.runDue()).toBe(1);

    expect(await count('number_assignment')).toBe(3);
    expect(await count('pin_assignment')).toBe(1);
    expect(await count('job')).toBe(0);
  });

  it.each([
    [0, 1],
    [999, 1],
    [1000, 2],
    [1001, 2],
    [2001, 3],
  ])('forgets %i people of a number in transactions of at most a thousand: %i', async (rows, transactions) => {
    for (let from = 0; from < rows; from += 500) {
      const people = Array.from({ length: Math.min(500, rows - from) }, (__, one) => from + one);
      const values = people.map((one) => `(7, 'party${String(one).padStart(4, '0')}', 's', 'first', 0)`).join(',');
      await dataSource.query(`INSERT INTO number_assignment VALUES ${values}`);
    }
    let commits = 0;
    database.onCommit(() => (commits += 1));

    await forgetNumber.run(7);

    expect(await count('number_assignment')).toBe(0);
    // One more for those who had it by a PIN, of whom there are none.
    expect(commits).toBe(transactions + 1);
  });

  it('gives a number that is added again after its removal a new id', async () => {
    const { number: before } = await add();
    await remove('+14155550100');

    expect((await add()).number.id).toBeGreaterThan(before.id);
  });

  it('lists what happens on each number', async () => {
    const { number } = await add({ alias: 'Front desk' });
    await session(number);
    await session(number, { status: 'expired', expiresAt: clock.now() });
    await session(number, { expiresAt: clock.now() });
    await add({ number: '+14155550101' });

    const { items, next_cursor: next } = await listNumbers.run({ accountId: ACCOUNT });
    expect(items).toEqual([
      {
        number: '+14155550100',
        account: ACCOUNT,
        application: null,
        leads_to: null,
        texts: null,
        subaccount_known: null,
        subaccount: null,
        country: 'US',
        status: 'active',
        alias: 'Front desk',
        live_sessions: 1,
        live_parties: 2,
        last_used_at: '2023-11-14T22:13:20.000Z',
      },
      expect.objectContaining({ number: '+14155550101', live_sessions: 0, live_parties: 0, last_used_at: null }),
    ]);
    expect(next).toBeNull();
  });

  it('lists by account, country and status, page by page', async () => {
    for (const [number, accountId] of [
      ['+14155550100', ACCOUNT],
      ['+442079460000', ACCOUNT],
      ['+14155550101', OTHER],
      ['+14155550102', ACCOUNT],
    ] as const)
      await add({ number, accountId });
    await alter('+14155550102', { status: 'retired' });
    const numbers = async (filter: Parameters<ListNumbers['run']>[0]) =>
      (await listNumbers.run(filter)).items.map((item) => item.number);

    expect(await numbers({ accountId: OTHER })).toEqual(['+14155550101']);
    expect(await numbers({ country: 'gb' })).toEqual(['+442079460000']);
    expect(await numbers({ accountId: ACCOUNT, status: 'retired' })).toEqual(['+14155550102']);
    const page = await listNumbers.run({ limit: 3 });
    expect(page.items).toHaveLength(3);
    expect(await listNumbers.run({ limit: 1, cursor: page.next_cursor! })).toMatchObject({
      items: [{ number: '+14155550102' }],
      next_cursor: null,
    });
    await expect(listNumbers.run({ cursor: '1 OR 1' })).rejects.toMatchObject({ kind: 'invalid' });
  });
});
