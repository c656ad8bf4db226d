import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { testConfig } from '../../test/support/ground.js';
import { Accounts, AccountSettings } from '../accounts/index.js';
import { Clock } from '../platform/clock.js';
import type { Database } from '../platform/database/database.js';
import { ImportNumbers } from './import-numbers.js';
import { readNumberRows } from './number-rows.js';

const ACCOUNT = 'MAFIRSTFIRSTFIRST000';
const OTHER = 'MAOTHEROTHEROTHER000';
const SUBACCOUNT = 'SAFIRSTFIRSTFIRST000';

describeOnEachDatabase('importing numbers', (open) => {
  let dataSource: DataSource;
  let database: Database;
  let importNumbers: ImportNumbers;
  /** Accounts whose settings hear of other numbers. */
  const told: string[] = [];

  beforeAll(async () => {
    ({ dataSource, database } = await open());
    const clock = new Clock();
    const settings = new AccountSettings(database, clock, testConfig());
    settings.numbersChanged = (accountId) => void told.push(accountId);
    importNumbers = new ImportNumbers(new Accounts(), clock, settings);
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
    await dataSource.query('DELETE FROM virtual_number');
  });

  const run = (lines: string[], accountId = ACCOUNT) =>
    database.transaction((tx) =>
      importNumbers.run(tx, { accountId, rows: readNumberRows(['number,subaccount,alias', ...lines].join('\n')) }),
    );
  const stored = () =>
    dataSource.query<unknown[]>('SELECT number, subaccount_id, alias, account_id FROM virtual_number ORDER BY id');

  it('tells the settings of its account that there are other numbers', async () => {
    told.splice(0);
    await run(['+14155550100,,Desk']);
    expect(told).toEqual([ACCOUNT]);
  });

  it('takes two spellings of one line for one number', async () => {
    await run(['+5215541637145,,Desk']);

    expect(await run(['+525541637145,,Other', '+525541637146,,'])).toEqual({ added: 1, unchanged: 1 });
    await expect(run(['+541166773399,,', '+5491166773399,,'])).rejects.toMatchObject({ code: 'import_refused' });
    await expect(run(['+525541637145,,'], OTHER)).rejects.toMatchObject({ code: 'import_refused' });
    expect(await stored()).toHaveLength(2);
  });

  it('adds the rows in their order and leaves numbers that are there as they are', async () => {
    await run(['+14155550100,,Desk']);

    expect(await run([`+14155550102,${SUBACCOUNT},Branch`, '+14155550100,,Other', '+14155550101,,'])).toEqual({
      added: 2,
      unchanged: 1,
    });
    expect(await stored()).toEqual([
      { number: '14155550100', subaccount_id: null, alias: 'Desk', account_id: ACCOUNT },
      { number: '14155550102', subaccount_id: SUBACCOUNT, alias: 'Branch', account_id: ACCOUNT },
      { number: '14155550101', subaccount_id: null, alias: '', account_id: ACCOUNT },
    ]);
  });

  it('adds nothing when one row is wrong, and names each such row', async () => {
    await run(['+14155550100,,'], OTHER);

    await expect(
      run(['+14155550101,,', '+14155550100,,', '+14155550102,SAUNKNOWNUNKNOWN0000,', `+14155550103,${SUBACCOUNT},`]),
    ).rejects.toMatchObject({
      code: 'import_refused',
      kind: 'invalid',
      message:
        'nothing imported; row 2 (line 3): another account has this number; row 3 (line 4): expected the auth_id of a subaccount of this account',
    });
    expect(await stored()).toHaveLength(1);
  });

  it('refuses an unknown account', async () => {
    await expect(run(['+14155550101,,'], 'MAUNKNOWNUNKNOWN0000')).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('adds each number once when the same file comes twice at once', async () => {
    const lines = Array.from({ length: 1200 }, (_, row) => `+1415555${String(1000 + row)},,`);

    const answers = await Promise.all([run(lines), run(lines)]);

    expect(answers.map(({ added }) => added).sort()).toEqual([0, 1200]);
    expect(await stored()).toHaveLength(1200);
  });

  it('takes 10,000 rows', async () => {
    const lines = Array.from({ length: 10_000 }, (_, row) => `+1415555${String(row).padStart(4, '0')},,`);

    expect(await run(lines)).toEqual({ added: 10_000, unchanged: 0 });
  });
});
