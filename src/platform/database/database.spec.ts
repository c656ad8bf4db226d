import { beforeAll, describe, expect, it } from '@jest/globals';
import { describeOnEachDatabase, type TestDatabase } from '../../../test/support/database.js';
import { Unavailable } from '../errors.js';
import { Contended, Database, type Tx } from './database.js';

describeOnEachDatabase('a transaction that meets conflicts', (open, kind) => {
  let test: TestDatabase;
  /** As the service has it, but for patience that a test can wait for. */
  let database: Database;

  beforeAll(async () => {
    test = await open();
    database = new Database(test.dataSource, { repeatForMs: 200 });
    await test.database.transaction((tx) =>
      tx.query("INSERT INTO scheduled_task (name, next_run_at, last_run_at) VALUES ('held', 0, 0)"),
    );
  });

  it('is repeated from its start until it gets through', async () => {
    let attempts = 0;
    const result = await test.database.transaction(async (tx) => {
      attempts += 1;
      await tx.query('UPDATE scheduled_task SET last_run_at = last_run_at + 1');
      if (attempts < 4) throw new Contended();
      return tx.query('SELECT last_run_at FROM scheduled_task');
    });

    expect(attempts).toBe(4);
    expect(result).toMatchObject([{ last_run_at: 1 }]);
  });

  it('ends after a while, telling the client to come back', async () => {
    let attempts = 0;
    const endless = database.transaction(() => {
      attempts += 1;
      return Promise.reject(new Contended());
    });

    await expect(endless).rejects.toThrow(Unavailable);
    expect(attempts).toBeGreaterThan(2);
  });

  it('is not repeated for other failures', async () => {
    let attempts = 0;
    const failing = database.transaction(() => {
      attempts += 1;
      return Promise.reject(new Error('a bug'));
    });

    await expect(failing).rejects.toThrow('a bug');
    expect(attempts).toBe(1);
  });

  if (kind === 'sqlite')
    it('is told where it is opened within another of the same database, and there alone, while facts watch', async () => {
      const { database: other } = await open();
      const within = (inner: Database) =>
        test.database.transaction(() => other.transaction(() => inner.transaction(async () => 'opened')));

      await expect(within(test.database)).rejects.toThrow('a transaction is open here');
      await expect(within(other)).rejects.toThrow('a transaction is open here');
      await expect(test.database.transaction(() => other.transaction(async () => 'opened'))).resolves.toBe('opened');
      await expect(test.database.read(async () => 'read')).resolves.toBe('read');
    });

  if (kind === 'sqlite') return;

  it('is seen whole or not at all by who looks meanwhile', async () => {
    const rows = (manager: Tx) => manager.query<unknown[]>('SELECT name FROM scheduled_task');
    const [before, meanwhile] = await database.browse(async (manager) => {
      const first = await rows(manager);
      await database.transaction((tx) =>
        tx.query("INSERT INTO scheduled_task (name, next_run_at, last_run_at) VALUES ('new', 0, 0)"),
      );
      return [first, await rows(manager)];
    });

    expect(meanwhile).toEqual(before);
    expect(await database.browse(rows)).toHaveLength((before?.length ?? 0) + 1);
    await expect(database.browse((manager) => manager.query('DELETE FROM scheduled_task'))).rejects.toThrow(
      'READ ONLY',
    );
  });

  describe('with somebody who holds a row', () => {
    it('ends in little more than two seconds past its time, however long the row is held', async () => {
      const took = await test.database.transaction(async (tx) => {
        await tx.query("SELECT * FROM scheduled_task WHERE name = 'held' FOR UPDATE");
        const begunAt = performance.now();
        const waiting = database.transaction((second) =>
          second.query("UPDATE scheduled_task SET last_run_at = 7 WHERE name = 'held'"),
        );
        await expect(waiting).rejects.toThrow(Unavailable);
        return performance.now() - begunAt;
      });

      expect(took).toBeGreaterThan(1_900);
      expect(took).toBeLessThan(4_500);
    });
  });
});
