import { expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { createDatabase, databaseKinds, describeOnEachDatabase } from './support/database.js';
import { isBehind, migrate, openDatabase } from '../src/data-source.js';
import { columnsOf, schemaOf } from './support/schema.js';

/** What was not there when a first start was killed. MySQL commits at every DDL statement; SQLite undoes it all, and is asked the same. */
const CUTS: [when: string, missing: (dropJobIndex: string) => string[]][] = [
  ['by the baseline, with some tables to go', () => ['callback', 'failing_receiver', 'audit_entry'].map(dropped)],
  [
    'by 0.1.0, with charges to go',
    () => [
      'ALTER TABLE masking_session DROP COLUMN fee',
      'ALTER TABLE interaction DROP COLUMN own_amount',
      'ALTER TABLE call_leg DROP COLUMN is_recorded',
      ...['failing_receiver', 'pool_refusal'].map(dropped),
    ],
  ],
  ['by 0.1.0, with what a call dials half there', () => ['ALTER TABLE masked_call DROP COLUMN reconciled_at']],
  ['by 0.1.0, between the two indexes of due jobs', (dropJobIndex) => [dropJobIndex]],
  ['by 0.1.0, with the index of due jobs still the first', (dropJobIndex) => [dropJobIndex, FIRST_JOB_INDEX]],
  [
    'by 0.1.0, with nothing added to its tables yet',
    (dropJobIndex) => [
      dropJobIndex,
      'ALTER TABLE job DROP COLUMN lane',
      FIRST_JOB_INDEX,
      'ALTER TABLE masked_call DROP COLUMN dialled',
      'ALTER TABLE masked_call DROP COLUMN reconciled_at',
      'ALTER TABLE interaction DROP COLUMN recording_id',
      ...['callback', 'recording', 'call_stat', 'pool_refusal'].map(dropped),
    ],
  ],
];
const dropped = (table: string): string => `DROP TABLE ${table}`;
const FIRST_JOB_INDEX = 'CREATE INDEX job_due ON job (status, run_at)';

/** SQLite keeps the statements themselves: conditions of indexes are there, which no pragma tells. */
const textsOf = (dataSource: DataSource): Promise<unknown> =>
  dataSource.query('SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name');

describeOnEachDatabase('the schema', (open) => {
  it('is what the entities say: nothing would be changed by a synchronisation', async () => {
    const { dataSource, url, kind } = await open();
    // MariaDB words its defaults otherwise than MySQL; the comparison must know which it looks at.
    const compared =
      kind === 'sqlite' ? dataSource : await openDatabase({ kind, url: url.replace('mysql:', 'mariadb:') });

    const statements = await compared.driver.createSchemaBuilder().log();
    if (compared !== dataSource) await compared.destroy();

    expect(statements.upQueries.map((statement) => statement.query)).toEqual([]);
  });

  it('is the same where specs are given a copy of it', async () => {
    await open();
    const { dataSource: copied, kind } = await open();
    const { url, drop } = await createDatabase(kind);
    const migrated = await openDatabase(kind === 'sqlite' ? { kind, file: ':memory:' } : { kind, url });
    await migrate(migrated);
    const contents = async (dataSource: DataSource): Promise<unknown> => {
      const tables = [...(await columnsOf(dataSource)).keys()].sort();
      return Promise.all(tables.map(async (table) => [table, await dataSource.query(`SELECT * FROM ${table}`)]));
    };

    expect(await schemaOf(copied)).toEqual(await schemaOf(migrated));
    expect(await contents(copied)).toEqual(await contents(migrated));
    if (kind === 'sqlite') expect(await textsOf(copied)).toEqual(await textsOf(migrated));

    await migrated.destroy();
    await drop();
  });

  it.each(['latin1_swedish_ci', 'utf8mb4_unicode_ci'])(
    'compares by bytes everywhere, on a server whose default is %s',
    async (collation) => {
      const { kind, dataSource } = await open();
      if (kind === 'sqlite') return;
      const { url, drop } = await createDatabase(kind);
      const database = new URL(url).pathname.slice(1);
      await dataSource.query(`ALTER DATABASE ${database} COLLATE ${collation}`);
      const migrated = await openDatabase({ kind, url });
      await migrate(migrated);

      const others = await migrated.query(
        `SELECT table_name, column_name FROM information_schema.columns
         WHERE table_schema = DATABASE() AND (collation_name <> 'utf8mb4_bin' OR character_set_name <> 'utf8mb4')`,
      );
      expect(others).toEqual([]);

      await migrated.destroy();
      await drop();
    },
  );

  it('can be taken down and built again', async () => {
    const { dataSource } = await open();
    const migrations = dataSource.migrations.length;

    for (let index = 0; index < migrations; index++) await dataSource.undoLastMigration({ transaction: 'none' });
    await migrate(dataSource);

    expect(await dataSource.showMigrations()).toBe(false);
    expect(await isBehind(dataSource)).toBe(false);
  });

  it.each(CUTS)('is made whole after a first start that was killed %s', async (when, missing) => {
    const { dataSource, kind } = await open();
    const whole = await schemaOf(dataSource);
    for (const _ of dataSource.migrations.slice(1)) await dataSource.undoLastMigration({ transaction: 'none' });
    for (const statement of missing(`DROP INDEX job_due${kind === 'mysql' ? ' ON job' : ''}`)) {
      await dataSource.query(statement);
    }
    await dataSource.query('DELETE FROM migration');
    if (when.startsWith('by 0.1.0'))
      await dataSource.query(
        "INSERT INTO migration (timestamp, name) VALUES (1763800000001, 'CreateKeyCheck1763800000001')",
      );
    expect(await isBehind(dataSource)).toBe(true);

    await migrate(dataSource);

    expect(await schemaOf(dataSource)).toEqual(whole);
    expect(await isBehind(dataSource)).toBe(false);
  });

  it('has the subaccount of legs that were stored before legs had one', async () => {
    const { dataSource } = await open();
    const names = dataSource.migrations.map(({ name, constructor }) => name ?? constructor.name);
    for (const _ of names.slice(names.indexOf('AddSubaccountToCallLeg1764320000001')))
      await dataSource.undoLastMigration({ transaction: 'none' });
    for (const [id, subaccount] of [
      ['theirs', 'SASUBSUBSUBSUBSUB000'],
      ['own', null],
    ])
      await dataSource.query(
        `INSERT INTO masking_session (id, account_id, subaccount_id, status, parties, virtual_number_id, virtual_number, settings, created_at,
           modified_at, expires_at) VALUES (?, 'MA', ?, 'ended', '', 1, '', '', 0, 0, 0)`,
        [id, subaccount],
      );
    for (const [uuid, session] of [
      ['a', 'theirs'],
      ['b', 'theirs'],
      ['c', 'own'],
      ['d', null],
    ])
      await dataSource.query(
        `INSERT INTO call_leg (account_id, leg_uuid, session_id, side, is_answered, is_connected, is_ended)
         VALUES ('MA', ?, ?, 'A', 0, 0, 1)`,
        [uuid, session],
      );

    await migrate(dataSource);

    const rows = await dataSource.query<{ subaccount_id: string | null }[]>(
      'SELECT subaccount_id FROM call_leg ORDER BY leg_uuid',
    );
    const theirs = 'SASUBSUBSUBSUBSUB000';
    expect(rows.map((row) => row.subaccount_id)).toEqual([theirs, theirs, null, null]);
  });

  it('keeps the sums that were kept by the hour, and finds the own prices in them, also after a start that was killed', async () => {
    const { dataSource } = await open();
    const names = dataSource.migrations.map(({ name, constructor }) => name ?? constructor.name);
    for (const _ of names.slice(names.indexOf('SplitStats1764450030001')))
      await dataSource.undoLastMigration({ transaction: 'none' });
    const sums = 'calls, connected, talk_seconds, billed_seconds, amount, sessions, fees';
    const insert = (table: string, columns: string, values: string) =>
      dataSource.query(`INSERT INTO ${table} (${columns}, ${sums}) VALUES (${values}, 3, 2, 90, 360, 900, 1, 50)`);
    for (const number of ['12025550001', ''])
      await insert('call_stat', 'account_id, virtual_number, hour, shard', `'MA', '${number}', 3600000, 0`);
    await insert('session_stat', 'session_id, hour, account_id, virtual_number', "'s', 3600000, 'MA', '12025550001'");
    await insert('forgotten_stat', 'account_id, hour, virtual_number', "'MA', 3600000, '12025550001'");
    for (const [uuid, session, own] of [
      ['a', "'s'", 30],
      ['b', "'s'", 12],
      ['c', 'NULL', 0],
    ])
      await dataSource.query(
        `INSERT INTO call_tally (account_id, a_leg_uuid, hour, virtual_number, session_id, is_connected, talk_seconds, billed_seconds, amount, own_amount, minute_fee)
         VALUES ('MA', '${uuid}', 3600000, '12025550001', ${session}, 1, 30, 120, 300, ${own}, 15)`,
      );

    await migrate(dataSource);
    await dataSource.query("DELETE FROM migration WHERE name = 'SplitStats1764450030001'");
    await migrate(dataSource);

    const of = async (table: string, where = '1 = 1') => {
      const [row] = await dataSource.query<Record<string, unknown>[]>(
        `SELECT SUM(calls) AS calls, SUM(amount) AS amount, SUM(fees) AS fees, SUM(own_amount) AS own, MIN(direction) AS direction,
           MAX(subaccount_id) AS subaccount, MAX(hour) AS hour FROM ${table} WHERE ${where}`,
      );
      const { direction, subaccount, ...numbers } = row ?? {};
      return [direction, subaccount, ...Object.values(numbers).map(Number)];
    };
    const kept = ['unknown', 'unknown', 3, 900, 50];
    expect(await of('call_stat', "virtual_number = ''")).toEqual([...kept, 42, 3_600_000]);
    expect(await of('call_stat', "virtual_number <> ''")).toEqual([...kept, 42, 3_600_000]);
    expect(await of('session_stat')).toEqual([...kept, 42, 3_600_000]);
    expect(await of('forgotten_stat')).toEqual([...kept, 0, 3_600_000]);
  }, 90_000);

  it('is behind when a migration is missing', async () => {
    const { dataSource } = await open();
    await dataSource.undoLastMigration({ transaction: 'none' });
    expect(await isBehind(dataSource)).toBe(true);
  });
});

it.each(databaseKinds)('whether it is behind is found out without a change (%s)', async (kind) => {
  const { url, drop } = await createDatabase(kind);
  const dataSource = await openDatabase(kind === 'sqlite' ? { kind, file: ':memory:' } : { kind, url });

  expect(await isBehind(dataSource)).toBe(true);
  expect(await dataSource.createQueryRunner().hasTable('migration')).toBe(false);

  await dataSource.destroy();
  await drop();
});

// SQLite's counterpart runs in two real processes: test/start.e2e-spec.ts.
(databaseKinds.includes('mysql') ? it : it.skip)(
  'two connections that start together migrate once (mysql)',
  async () => {
    const { url, drop } = await createDatabase('mysql');
    const [one, two] = await Promise.all([openDatabase({ kind: 'mysql', url }), openDatabase({ kind: 'mysql', url })]);

    await Promise.all([migrate(one), migrate(two)]);

    expect(await one.query('SELECT COUNT(*) AS n FROM migration')).toEqual([{ n: one.migrations.length }]);
    await Promise.all([one.destroy(), two.destroy()]);
    await drop();
  },
);
