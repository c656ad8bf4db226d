import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { KeyCheck } from '../crypto/key-check.entity.js';
import { openDatabase } from '../../data-source.js';
import type { Connections } from './connections.js';
import { Contended, Database, isDuplicate, late, NotBegun, type Tx } from './database.js';

const add = (tx: Tx, id: number): Promise<unknown> => tx.query('INSERT INTO parcel VALUES (?)', [id]);

describe('transactions on a file of SQLite', () => {
  const folder = mkdtempSync(join(tmpdir(), 'masking-commits-'));
  let dataSource: Connections;
  let database: Database;
  let commits = 0;

  beforeAll(async () => {
    dataSource = await openDatabase({ kind: 'sqlite', file: join(folder, 'parcels.db') });
    await dataSource.query('CREATE TABLE parcel (id INTEGER PRIMARY KEY)');
    countCommits(await dataSource.createQueryRunner().connect());
    database = new Database(dataSource, { repeatForMs: 0 });
  });
  beforeEach(async () => {
    await database.transaction((tx) => tx.query('DELETE FROM parcel'));
    commits = 0;
  });
  afterAll(async () => {
    await dataSource.destroy();
    rmSync(folder, { recursive: true });
  });

  function countCommits(connection: { prepare: (sql: string) => { run: () => unknown } }): void {
    const { prepare } = connection;
    connection.prepare = (sql) => {
      const statement = prepare.call(connection, sql);
      const { run } = statement;
      if (sql === 'COMMIT')
        statement.run = () => {
          commits += 1;
          return run.call(statement);
        };
      return statement;
    };
  }

  const kept = (): Promise<number[]> =>
    database.read(async (manager) =>
      (await manager.query<{ id: number }[]>('SELECT id FROM parcel ORDER BY id')).map(({ id }) => id),
    );

  it('that wait together are committed together, in the order in which they were asked for', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, id) => database.transaction((tx) => add(tx, id))));

    expect(await kept()).toEqual(Array.from({ length: 20 }, (_, id) => id));
    // A machine with much else to do may cut it in two.
    expect(commits).toBeLessThan(5);
  });

  it('are undone alone when they fail, wherever they stand', async () => {
    for (const failing of [0, 1, 2]) {
      const ends = await Promise.allSettled(
        [0, 1, 2].map((place) =>
          database.transaction(async (tx) => {
            await add(tx, failing * 10 + place);
            if (place === failing) throw new Error('a bug');
          }),
        ),
      );
      expect(ends.map(({ status }) => status === 'fulfilled')).toEqual([0, 1, 2].map((place) => place !== failing));
    }

    expect(await kept()).toEqual([1, 2, 10, 12, 20, 21]);
  });

  it('end only when they are on the disk: whoever hears of one finds it there, and so does whoever is refused because of one', async () => {
    const first = database.transaction((tx) => add(tx, 1)).then(kept);
    const second = database
      .transaction((tx) => add(tx, 1))
      .then(
        () => 'no refusal',
        async (error: unknown) => (isDuplicate(error) ? kept() : error),
      );

    expect(await Promise.all([first, second])).toEqual([[1], [1]]);
    expect(commits).toBe(1);
  });

  it('are all refused when the disk has no room for what one of them writes, and nothing of them is kept', async () => {
    const connection = (await dataSource.createQueryRunner().connect()) as { pragma: (text: string) => unknown };
    connection.pragma('max_page_count = 4');
    const ends = await Promise.allSettled([
      database.transaction((tx) => add(tx, 1)),
      database.transaction((tx) =>
        tx.query(
          'INSERT INTO parcel WITH RECURSIVE n (id) AS (SELECT 10 UNION ALL SELECT id + 1 FROM n LIMIT 90000) SELECT id FROM n',
        ),
      ),
      database.transaction((tx) => add(tx, 2)),
    ]);
    connection.pragma('max_page_count = 4294967294');

    const told = ends.map(({ status }) => status);
    expect(told[1]).toBe('rejected');
    expect(await kept()).toEqual([1, 2].filter((id) => told[id === 1 ? 0 : 2] === 'fulfilled'));
    expect(await database.transaction((tx) => add(tx, 3)).then(kept)).toContain(3);
  });

  it('are not begun when nobody wants them any more', async () => {
    const ends = await Promise.allSettled([
      database.transaction((tx) => add(tx, 1)),
      database.transaction((tx) => add(tx, 2), { isWanted: () => false }),
    ]);

    expect(ends[1]).toMatchObject({ status: 'rejected', reason: expect.any(NotBegun) });
    expect(await kept()).toEqual([1]);
  });

  describe('of calls', () => {
    const ran: string[] = [];
    const now = performance.now.bind(performance);
    let aheadMs = 0;

    beforeEach(() => {
      ran.length = 0;
      aheadMs = 0;
      performance.now = () => now() + aheadMs;
    });
    afterEach(() => {
      performance.now = now;
    });

    const ask = (name: string, isCall = false): Promise<unknown> =>
      database.transaction(
        async (tx) => {
          ran.push(name);
          await tx.query('SELECT 1');
        },
        { isCall },
      );

    it('go first, among them in their order, and wait for the commit of none but calls', async () => {
      const seen: string[][] = [];
      const told = () => seen.push([...ran]);
      await Promise.all([ask('a'), ask('b'), ask('call 1', true).then(told), ask('c'), ask('call 2', true).then(told)]);
      expect(ran).toEqual(['call 1', 'call 2', 'a', 'b', 'c']);
      expect(seen).toEqual([
        ['call 1', 'call 2'],
        ['call 1', 'call 2'],
      ]);
    });

    it('go before nobody who has waited for fifty milliseconds', async () => {
      const others = ['a', 'b'].map((name) => ask(name));
      aheadMs += 51;
      await Promise.all([...others, ask('c'), ask('call', true), ask('d')]);
      expect(ran).toEqual(['a', 'b', 'call', 'c', 'd']);
    });

    it('are not begun when nobody wants them any more, and keep nobody back', async () => {
      const gone = database.transaction((tx) => add(tx, 1), { isCall: true, isWanted: () => false });
      await expect(Promise.all([ask('a'), gone])).rejects.toBeInstanceOf(NotBegun);
      await Promise.all([ask('b'), ask('c'), ask('call', true)]);
      expect(ran).toEqual(['a', 'call', 'b', 'c']);
    });
  });

  it('cannot be spoken in when they are over', async () => {
    let stray: Tx | null = null;
    await database.transaction(async (tx) => void (stray = tx));

    await expect(add(stray as unknown as Tx, 1)).rejects.toThrow('this transaction is over');
  });

  it('begin anew when a late write meets a taken key', async () => {
    await database.transaction((tx) => add(tx, 1));
    await expect(database.transaction((tx) => late(tx).query('INSERT INTO parcel VALUES (1)'))).rejects.toThrow(
      'too many simultaneous changes',
    );
    await expect(
      database.transaction(async (tx) => {
        await expect(late(tx).query('INSERT INTO parcel VALUES (1)')).rejects.toThrow(Contended);
      }),
    ).resolves.toBeUndefined();
  });

  it("are what TypeORM's own statements belong to, and a read is not", async () => {
    await dataSource.query('CREATE TABLE key_check (id INTEGER PRIMARY KEY, check_value TEXT)');
    const seen = await database.transaction(async (tx) => {
      await tx.query("INSERT INTO key_check VALUES (1, 'x')");
      const looks = await Promise.all([
        tx.findOneBy(KeyCheck, { id: 1 }),
        database.read((manager) => manager.findOneBy(KeyCheck, { id: 1 })),
        database.browse((manager) => manager.findOneBy(KeyCheck, { id: 1 })),
      ]);
      return looks.map((found) => found?.checkValue ?? null);
    });

    expect(seen).toEqual(['x', null, null]);
    expect(await database.browse((manager) => manager.countBy(KeyCheck, { id: 1 }))).toBe(1);
  });

  it('are not seen by a read before they are committed', async () => {
    let seen: number[] = [];
    await database.transaction(async (tx) => {
      await add(tx, 1);
      seen = await kept();
    });

    expect([seen, await kept()]).toEqual([[], [1]]);
  });

  describe('beside somebody who looks', () => {
    const SLOW =
      'WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 2000000) SELECT COUNT(*) AS many FROM n';

    it('do not wait for him', async () => {
      const ended: string[] = [];
      await Promise.all([
        database.browse((manager) => manager.query(SLOW)).then(() => ended.push('look')),
        database.transaction((tx) => add(tx, 1)).then(() => ended.push('transaction')),
      ]);

      expect(ended).toEqual(['transaction', 'look']);
    });

    it('are seen all or none: what he sees is of one instant', async () => {
      const counts = await database.browse(async (manager) => {
        const before = await manager.query('SELECT COUNT(*) AS many FROM parcel');
        await database.transaction((tx) => add(tx, 1));
        return [before, await manager.query('SELECT COUNT(*) AS many FROM parcel')];
      });

      expect(counts).toEqual([[{ many: 0 }], [{ many: 0 }]]);
      expect(await database.browse((manager) => manager.query('SELECT COUNT(*) AS many FROM parcel'))).toEqual([
        { many: 1 },
      ]);
    });

    it('cannot be harmed by him: he cannot write, and his mistake is his own', async () => {
      await expect(database.browse((manager) => add(manager, 5))).rejects.toThrow('readonly');
      await expect(database.browse((manager) => manager.query('SELECT missing'))).rejects.toThrow('no such column');
      expect(await database.browse((manager) => manager.query('SELECT id FROM parcel'))).toEqual([]);
    });

    it('and more of him than there are threads wait for each other', async () => {
      const looks = Array.from({ length: 7 }, (_, n) =>
        database.browse((manager) => manager.query(`SELECT ${n} AS n`)),
      );

      expect(await Promise.all(looks)).toEqual([0, 1, 2, 3, 4, 5, 6].map((n) => [{ n }]));
    });
  });
});
