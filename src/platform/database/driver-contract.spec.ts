import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Pool, PoolConnection } from 'mysql2';
import { DataSource, type EntityManager, QueryFailedError } from 'typeorm';
import { dataSourceOptions } from '../../data-source.js';
import { describeOnEachDatabase, type TestDatabase } from '../../../test/support/database.js';
import { KeyCheck } from '../crypto/key-check.entity.js';
import { isDuplicate, type Tx } from './database.js';
import { sqliteDriver } from './sqlite-driver.js';
import { change, mysqlPool, mysqlStatements } from './statements.js';

/*
 * What is taken for granted of TypeORM, mysql2, better-sqlite3 and libsql beside their documentation, so that a new version of one that is otherwise
 * fails here with the sentence that has become untrue.
 */

const require = createRequire(import.meta.url);

async function failure(work: Promise<unknown>): Promise<{ errno?: number; code?: string }> {
  const error: unknown = await work.then(
    () => new Error('expected a failure'),
    (thrown: unknown) => thrown,
  );
  return (error instanceof QueryFailedError ? error.driverError : error) as { errno?: number; code?: string };
}

describe.each([
  ['better-sqlite3, or libsql where it is missing', sqliteDriver()],
  ['libsql', require('libsql')],
])('what we rely on of %s', (_, driver: unknown) => {
  let dataSource: DataSource;

  beforeAll(async () => {
    const options = { ...dataSourceOptions({ kind: 'sqlite', file: ':memory:' }), driver } as const;
    dataSource = await new DataSource(options as ConstructorParameters<typeof DataSource>[0]).initialize();
    await dataSource.query('CREATE TABLE parcel (id BIGINT PRIMARY KEY, label VARCHAR(20) UNIQUE, is_lost BOOLEAN)');
  });
  afterAll(() => dataSource.destroy());

  it('TypeORM has one connection, hands it out to every runner, and that is what its own statements use', async () => {
    const connection: unknown = await dataSource.createQueryRunner().connect();
    expect(await dataSource.createQueryRunner().connect()).toBe(connection);
    const { prepare } = connection as { prepare: (sql: string) => { run: () => unknown } };
    prepare.call(connection, "INSERT INTO parcel VALUES (7, 'seven', 0)").run();
    expect(await dataSource.query('SELECT label FROM parcel')).toEqual([{ label: 'seven' }]);
    await dataSource.query('DELETE FROM parcel');
  });

  it('a prepared statement says whether it reads, gives rows as objects, counts changes, and may be run again', async () => {
    const connection = await dataSource.createQueryRunner().connect();
    const insert = connection.prepare('INSERT INTO parcel VALUES (?, ?, ?)');
    const select = connection.prepare('SELECT * FROM parcel WHERE id > ? ORDER BY id');
    expect([insert.reader, select.reader]).toEqual([false, true]);
    expect([insert.run(253_402_300_799_000, 'far', 1).changes, insert.run(2, null, 0).changes]).toEqual([1, 1]);
    expect(select.all(2)).toEqual([{ id: 253_402_300_799_000, label: 'far', is_lost: 1 }]);
    expect(select.all(1)).toHaveLength(2);
    expect(connection.prepare('UPDATE parcel SET is_lost = 1').run().changes).toBe(2);
    connection.prepare('DELETE FROM parcel').run();
  });

  it('a prepared statement takes its values as one list, be it empty or of a null alone', async () => {
    const connection = await dataSource.createQueryRunner().connect();
    connection.prepare('INSERT INTO parcel (id) VALUES (3)').run([]);
    expect(connection.prepare('UPDATE parcel SET label = ?').run([null]).changes).toBe(1);
    expect(connection.prepare('SELECT ? AS label FROM parcel').all([null])).toEqual([{ label: null }]);
    expect(connection.prepare('SELECT label FROM parcel').all([])).toEqual([{ label: null }]);
    connection.prepare('DELETE FROM parcel').run([]);
  });

  it('a prepared statement lives on when the schema changes beneath it', async () => {
    const connection = await dataSource.createQueryRunner().connect();
    const select = connection.prepare('SELECT COUNT(*) AS n FROM parcel');
    expect(select.all()).toEqual([{ n: 0 }]);
    connection.prepare('CREATE TABLE other (id INTEGER)').run();
    expect(select.all()).toEqual([{ n: 0 }]);
  });

  it('errors name what happened by their code', async () => {
    const connection = await dataSource.createQueryRunner().connect();
    const insert = connection.prepare('INSERT INTO parcel VALUES (?, ?, 0)');
    insert.run(1, 'one');
    expect(await failure((async () => insert.run(1, 'two'))())).toMatchObject({ code: 'SQLITE_CONSTRAINT_PRIMARYKEY' });
    expect(await failure((async () => insert.run(2, 'one'))())).toMatchObject({ code: 'SQLITE_CONSTRAINT_UNIQUE' });
  });
});

describeOnEachDatabase('what we rely on of TypeORM', (open, kind) => {
  let test: TestDatabase;

  beforeAll(async () => {
    test = await open();
    await test.dataSource.query('DELETE FROM key_check');
  });

  const ids = (): Promise<number[]> =>
    test.database.read(async (manager) => (await manager.find(KeyCheck, { order: { id: 'ASC' } })).map(({ id }) => id));

  it('a manager made from another keeps all its ways in one transaction, the short one and its own', async () => {
    const write = async (tx: Tx): Promise<void> => {
      await tx.query("INSERT INTO key_check (id, check_value) VALUES (?, 'written')", [1]);
      await tx.insert(KeyCheck, { id: 2, checkValue: 'by TypeORM' });
      expect(await change(tx, 'UPDATE key_check SET check_value = ?', ['both'])).toBe(2);
      expect(await tx.countBy(KeyCheck, { checkValue: 'both' })).toBe(2);
    };
    const undone = test.database.transaction(async (tx) => {
      await write(tx);
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    expect(await ids()).toEqual([]);

    await test.database.transaction(write);
    expect(await ids()).toEqual([1, 2]);
  });

  it('a manager as TypeORM makes it tells changed rows as well', async () => {
    const untouched: EntityManager = test.dataSource.manager;
    expect(await change(untouched, 'UPDATE key_check SET check_value = ? WHERE id = ?', ['again', 2])).toBe(1);
  });

  if (kind === 'mysql') mysqlFacts(() => test);
});

function mysqlFacts(test: () => TestDatabase): void {
  const execute = (on: Pool | PoolConnection, sql: string, values: (number | string)[] = []) =>
    new Promise<{ result: unknown; types: (number | undefined)[] }>((resolve, reject) => {
      on.execute(sql, values, (error, result, fields) =>
        error ? reject(error) : resolve({ result, types: (fields ?? []).map(({ columnType }) => columnType) }),
      );
    });

  it("TypeORM keeps mysql2's pool as driver.pool, and it is what Database reads through", async () => {
    const pool = mysqlPool(test().dataSource);
    expect([typeof pool.execute, typeof pool.query, typeof pool.on]).toEqual(['function', 'function', 'function']);
    const { result } = await execute(pool, 'SELECT DATABASE() AS name');
    expect(result).toEqual([{ name: new URL(test().url).pathname.slice(1) }]);
  });

  it('a data source without that pool is refused in words', () => {
    const changed = { driver: { connectionPool: {} } } as unknown as DataSource;
    expect(() => mysqlPool(changed)).toThrow('expected TypeORM to keep its mysql2 pool as driver.pool');
  });

  it("the connection that TypeORM's runner hands out is the one its transaction is on", async () => {
    const runner = test().dataSource.createQueryRunner();
    const connection: PoolConnection = await runner.connect();
    await runner.startTransaction();
    await execute(connection, "INSERT INTO key_check (id, check_value) VALUES (?, 'x')", [3]);
    const { result: outside } = await execute(mysqlPool(test().dataSource), 'SELECT id FROM key_check WHERE id = 3');
    await runner.rollbackTransaction();
    await runner.release();
    expect(outside).toEqual([]);
    const { result } = await execute(mysqlPool(test().dataSource), 'SELECT id FROM key_check WHERE id = 3');
    expect(result).toEqual([]);
  });

  it('the pool announces each connection before its first statement, so that none is without our session settings', async () => {
    const waits = await Promise.all(
      Array.from({ length: 5 }, () =>
        test().database.transaction((tx) =>
          tx.query('SELECT CONNECTION_ID() AS id, @@innodb_lock_wait_timeout AS wait'),
        ),
      ),
    );
    const seen = waits.flat() as { id: number; wait: number }[];
    expect(new Set(seen.map(({ id }) => id)).size).toBeGreaterThan(1);
    expect(seen.map(({ wait }) => Number(wait))).toEqual([2, 2, 2, 2, 2]);
  });

  it('a change counts the rows that its WHERE found, also those that were so before', async () => {
    const pool = mysqlPool(test().dataSource);
    await execute(pool, "UPDATE key_check SET check_value = 'same' WHERE id IN (1, 2)");
    const { result } = await execute(pool, "UPDATE key_check SET check_value = 'same' WHERE id IN (1, 2)");
    expect(result).toMatchObject({ affectedRows: 2 });
  });

  it('errors carry the number that the server gave them', async () => {
    const pool = mysqlPool(test().dataSource);
    const error = await failure(execute(pool, "INSERT INTO key_check (id, check_value) VALUES (1, 'x')"));
    expect(error).toMatchObject({ errno: 1062, code: 'ER_DUP_ENTRY' });
    const wrapped: unknown = await test()
      .database.transaction((tx) => tx.query("INSERT INTO key_check (id, check_value) VALUES (?, 'x')", [1]))
      .catch((thrown: unknown) => thrown);
    expect(isDuplicate(wrapped)).toBe(true);
  });

  it('a number is bound as a double, which is why a LIMIT with a parameter is not prepared: MySQL 8 refuses it', async () => {
    const MYSQL_DOUBLE = 5;
    const { types } = await execute(mysqlPool(test().dataSource), 'SELECT ? AS n', [1]);
    expect(types).toEqual([MYSQL_DOUBLE]);

    const asked: string[] = [];
    const recorder = {
      query: (sql: string, _values: unknown, settle: (error: null, rows: []) => void) => {
        asked.push(`text: ${sql}`);
        settle(null, []);
      },
      execute: (sql: string, _values: unknown, settle: (error: null, rows: []) => void) => {
        asked.push(`prepared: ${sql}`);
        settle(null, []);
      },
    };
    const run = mysqlStatements(recorder as unknown as Pool);
    await run('SELECT 1 WHERE 1 = ?', [1]);
    await run('SELECT 1 WHERE 1 = ? LIMIT ?', [1, 2]);
    await run('COMMIT', []);
    expect(asked).toEqual(['prepared: SELECT 1 WHERE 1 = ?', 'text: SELECT 1 WHERE 1 = ? LIMIT ?', 'text: COMMIT']);
  });
}
