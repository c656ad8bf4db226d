import { afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { createRequire } from 'node:module';
import { describeOnEachDatabase, type TestDatabase } from '../../../test/support/database.js';
import { KeyCheck } from '../crypto/key-check.entity.js';
import { Contended, Database, isDuplicate, late, type Tx } from './database.js';

const { Connection } = createRequire(import.meta.url)('mysql2') as {
  Connection: {
    prototype: Record<'query' | 'execute', (sql: string | { sql: string }, ...rest: unknown[]) => unknown>;
  };
};

const add = (tx: Tx, name: string): Promise<unknown> =>
  tx.query('INSERT INTO scheduled_task (name, next_run_at, last_run_at) VALUES (?, 0, 0)', [name]);

describeOnEachDatabase('what a transaction sends', (open, kind) => {
  let test: TestDatabase;
  let database: Database;
  let trips: string[] = [];
  const { query, execute } = Connection.prototype;

  beforeAll(async () => {
    test = await open();
    database = new Database(test.dataSource, { repeatForMs: 0 });
    await database.transaction((tx) => tx.query('SELECT 1'));
  });
  beforeEach(async () => {
    await database.transaction((tx) => tx.query('DELETE FROM scheduled_task'));
    trips = [];
    for (const [way, original] of Object.entries({ query, execute }))
      Connection.prototype[way as 'query'] = function (this: unknown, sql, ...rest) {
        trips.push(typeof sql === 'string' ? sql : sql.sql);
        return original.call(this, sql, ...rest);
      };
  });
  afterEach(() => void Object.assign(Connection.prototype, { query, execute }));

  const names = (): Promise<string[]> =>
    database.read(async (manager) =>
      (await manager.query<{ name: string }[]>('SELECT name FROM scheduled_task ORDER BY name')).map(
        ({ name }) => name,
      ),
    );

  it('is kept whole, in its order, however it travels', async () => {
    const seen = await database.transaction(async (tx) => {
      await add(late(tx), 'late');
      const [, rows] = await Promise.all([add(tx, 'first'), tx.query('SELECT name FROM scheduled_task ORDER BY name')]);
      await late(tx).query("UPDATE scheduled_task SET last_run_at = 7 WHERE name = 'first'");
      return rows;
    });

    expect(seen).toEqual([{ name: 'first' }, { name: 'late' }]);
    expect(await names()).toEqual(['first', 'late']);
    if (kind === 'mysql') expect(trips.slice(0, 2).map((sql) => sql.split('; ').length)).toEqual([3, 2]);
  });

  it('goes statement by statement on a cluster, and ends as it would have together', async () => {
    const { isCluster } = test.dataSource;
    test.dataSource.isCluster = kind === 'mysql';
    try {
      await database.transaction(async (tx) => {
        await add(late(tx), 'late');
        const [taken] = await Promise.all([add(tx, 'late').catch(isDuplicate), add(tx, 'first')]);
        expect(taken).toBe(true);
        await add(late(tx), 'last');
      });
      const failing = database.transaction((tx) => Promise.all([tx.query('SELECT nothing'), add(tx, 'behind')]));
      await expect(failing).rejects.toThrow();
    } finally {
      test.dataSource.isCluster = isCluster;
    }

    if (kind === 'mysql') expect(trips.filter((sql) => sql.includes('; '))).toEqual([]);
    expect(await names()).toEqual(['first', 'last', 'late']);
  });

  it('comes by values as they are, also in one text', async () => {
    const hard = ["it's", '\\', "\\'; DROP TABLE scheduled_task; -- ", '"?"', 'ü€😀'];
    await database.transaction(async (tx) => {
      await Promise.all(hard.map((name) => add(tx, name)));
    });

    expect(new Set(await names())).toEqual(new Set(hard));
  });

  it('goes on behind a taken key that was to be met, each end told to whom it belongs', async () => {
    const ends = await database.transaction(async (tx) => {
      await add(tx, 'taken');
      return Promise.allSettled([add(tx, 'before'), add(tx, 'taken'), add(tx, 'behind'), tx.query('SELECT 5 AS five')]);
    });

    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    expect(isDuplicate((ends[1] as PromiseRejectedResult).reason)).toBe(true);
    expect(ends[3]).toMatchObject({ value: [{ five: 5 }] });
    expect(await names()).toEqual(['before', 'behind', 'taken']);
  });

  it('is undone whole when a late write fails, and is repeated when that met a taken key', async () => {
    await database.transaction((tx) => add(tx, 'taken'));
    const broken = database.transaction(async (tx) => {
      await add(tx, 'with it');
      await late(tx).query('UPDATE no_such_table SET x = 1');
    });
    await expect(broken).rejects.toThrow('no_such_table');

    let attempts = 0;
    const patient = new Database(test.dataSource);
    await patient.transaction(async (tx) => {
      attempts += 1;
      await add(late(tx), attempts === 1 ? 'taken' : 'free');
    });

    expect(attempts).toBe(2);
    expect(await names()).toEqual(['free', 'taken']);
  });

  it('leaves nothing behind for the next one', async () => {
    const stray: Promise<unknown>[] = [];
    const failing = database.transaction(async (tx) => {
      stray.push(add(tx, 'undone').then(() => add(tx, 'stray')));
      await add(late(tx), 'late');
      throw new Contended();
    });
    await expect(failing).rejects.toThrow('too many simultaneous changes');
    await Promise.allSettled(stray);
    await Promise.all([1, 2, 3].map((n) => database.transaction((tx) => add(tx, `next ${n}`))));

    expect(await names()).toEqual(['next 1', 'next 2', 'next 3']);
  });

  it("is seen by TypeORM's own statements of the same transaction, and sees theirs", async () => {
    await database.transaction((tx) => tx.query('DELETE FROM key_check'));
    const seen = await database.transaction(async (tx) => {
      await late(tx).query("INSERT INTO key_check (id, check_value) VALUES (1, 'x')");
      const found = await tx.findOneBy(KeyCheck, { id: 1 });
      const { affected } = await tx.update(KeyCheck, { id: 1 }, { checkValue: 'y' });
      return [found?.checkValue, affected, await tx.query('SELECT check_value FROM key_check')];
    });

    expect(seen).toEqual(['x', 1, [{ check_value: 'y' }]]);
    await database.transaction((tx) => tx.query('DELETE FROM key_check'));
  });

  if (kind === 'sqlite') return;

  it('is nothing where the work sends nothing', async () => {
    expect(await database.transaction(async () => 5)).toBe(5);
    expect(trips).toEqual([]);
  });

  it('is a commit of its own where nothing is late', async () => {
    await database.transaction((tx) => add(tx, 'alone'));
    expect(trips.at(-1)).toBe('COMMIT');
  });
});
