import { expect, it } from '@jest/globals';
import { createDatabase, databaseKinds, describeOnEachDatabase } from './support/database.js';
import { isBehind, migrate, openDatabase } from '../src/data-source.js';

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

  it('can be taken down and built again', async () => {
    const { dataSource } = await open();
    const migrations = dataSource.migrations.length;

    for (let index = 0; index < migrations; index++) await dataSource.undoLastMigration({ transaction: 'none' });
    await migrate(dataSource);

    expect(await dataSource.showMigrations()).toBe(false);
    expect(await isBehind(dataSource)).toBe(false);
  });

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
