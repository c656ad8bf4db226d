import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { describeOnEachDatabase, type TestDatabase } from '../../../test/support/database.js';
import { Clock, HOUR_MS } from '../clock.js';
import { Crypto } from '../crypto/crypto.js';
import { Jobs } from '../jobs/jobs.js';
import { createLogger } from '../logging/logger.js';
import type { Config } from '../settings/config.js';
import { Processes } from './processes.js';
import { holderOf, newLease, PROCESS_ID } from '../this-process.js';

const log = createLogger({ level: 'silent', format: 'json' });
const crypto = new Crypto(Buffer.alloc(32, 7));
const LOOKS = 5;
const LEASE = { leaseSeconds: 900 };

/** One of several in this process; the leases of claims are named after `PROCESS_ID` all the same. */
class OneOfMany extends Processes {
  constructor(
    override readonly id: string,
    ...rest: ConstructorParameters<typeof Processes>
  ) {
    super(...rest);
  }
}

describeOnEachDatabase('who runs this service', (open, kind) => {
  let test: TestDatabase;
  let clock: Clock;
  let begun: Processes[];

  beforeAll(async () => {
    test = await open();
  });
  beforeEach(async () => {
    clock = new Clock();
    begun = [];
    for (const table of ['job', 'process']) await test.dataSource.query(`DELETE FROM ${table}`);
  });
  afterEach(async () => {
    for (const processes of begun) await processes.beforeApplicationShutdown();
  });

  const newJobs = (): Jobs => new Jobs(test.database, clock, { jobs: { pollMs: 60_000 } } as Config, log);
  const startOne = async (
    id: string,
    { role = 'all', jobs = newJobs() }: { role?: Config['role']; jobs?: Jobs } = {},
  ): Promise<Processes> => {
    const processes = new OneOfMany(id, test.database, clock, { role } as Config, log, jobs, crypto);
    begun.push(processes);
    await processes.start();
    return processes;
  };
  const ids = async (): Promise<string[]> =>
    (await test.dataSource.query('SELECT id FROM process ORDER BY id')).map(({ id }: { id: string }) => id);
  const look = async (processes: Processes, times: number): Promise<void> => {
    for (let time = 0; time < times; time++) await processes.beatAndLook();
  };
  const add = (jobs: Jobs, when: { runAt?: number; key?: string } = {}): Promise<boolean> =>
    test.database.transaction((tx) => jobs.enqueue(tx, 'fetch', null, when));
  /** A job of somebody who never comes back. */
  const leaveRunning = async (): Promise<void> => {
    const dead = newJobs();
    await new Promise<void>((running) => {
      dead.handle('fetch', LEASE, () => {
        running();
        return new Promise(() => undefined);
      });
      void add(dead).then(() => dead.runDue());
    });
  };

  it('names its leases, each once, in what their columns hold', () => {
    const leases = Array.from({ length: 100 }, newLease);
    expect(new Set(leases).size).toBe(100);
    expect(leases.every((lease) => lease.length <= 36 && holderOf(lease) === PROCESS_ID)).toBe(true);
    expect(holderOf('01a20455-593d-7341-8f58-bf2c9d0cc07e')).toBeNull();
  });

  it('has a row while it runs, and none after a clean stop', async () => {
    const one = await startOne('one', { role: 'worker' });
    expect(await one.list()).toEqual([
      expect.objectContaining({ id: 'one', role: 'worker', pid: process.pid, node: process.version, beats: 1 }),
    ]);
    await one.beatAndLook();
    expect(await one.list()).toMatchObject([{ beats: 2 }]);
    await one.beforeApplicationShutdown();
    expect(await ids()).toEqual([]);
  });

  it('leaves nothing waiting at a clean stop that had to abandon a job', async () => {
    const one = await startOne(PROCESS_ID);
    await leaveRunning();
    await one.beforeApplicationShutdown();
    const jobs = newJobs();
    jobs.handle('fetch', LEASE, async () => undefined);
    expect(await jobs.runDue()).toBe(1);
  });

  if (kind === 'sqlite') {
    it('starts on a file that nobody else serves: what was leased before is due at once, what waits goes on waiting', async () => {
      await test.dataSource.query(
        "INSERT INTO process (id, role, host, pid, version, node, started_at, seen_at, beats) VALUES ('dead', 'all', '', 1, '', '', 0, 0, 7)",
      );
      await leaveRunning();
      const jobs = newJobs();
      await add(jobs, { runAt: clock.now() + 60_000 });
      let runs = 0;
      jobs.handle('fetch', LEASE, async () => void runs++);
      expect(await jobs.runDue()).toBe(0);
      await startOne('next', { jobs });
      expect(await ids()).toEqual(['next']);
      await jobs.runDue();
      expect(runs).toBe(1);
    });

    it('starts with what was leased until a time that was written by a clock hours ahead', async () => {
      clock.advance(5 * HOUR_MS);
      await leaveRunning();
      clock = new Clock();
      const jobs = newJobs();
      jobs.handle('fetch', LEASE, async () => undefined);
      await startOne('next', { jobs });
      expect(await jobs.runDue()).toBe(1);
    });
    return;
  }

  describe('when one does not beat any more', () => {
    it('it is dead after five looks that found it silent, not before, and its job is run by another at once', async () => {
      await startOne(PROCESS_ID);
      const jobs = newJobs();
      let runs = 0;
      jobs.handle('fetch', LEASE, async () => void runs++);
      const other = await startOne('other', { jobs });
      await leaveRunning();

      await look(other, LOOKS - 1);
      expect(await ids()).toContain(PROCESS_ID);
      expect(await jobs.runDue()).toBe(0);
      await look(other, 1);
      expect(await ids()).toEqual(['other']);
      expect(await jobs.runDue()).toBe(1);
      expect(runs).toBe(1);
    });

    it('what it leased by a clock hours ahead is run by another at once, and what waits goes on waiting', async () => {
      await startOne(PROCESS_ID);
      clock.advance(5 * HOUR_MS);
      await leaveRunning();
      clock = new Clock();
      const jobs = newJobs();
      jobs.handle('fetch', LEASE, async () => undefined);
      const other = await startOne('other', { jobs });
      await add(jobs, { runAt: clock.now() + 5 * HOUR_MS });
      await look(other, LOOKS);
      expect(await jobs.runDue()).toBe(1);
      expect(await jobs.list({ limit: 9 })).toHaveLength(1);
    });

    it('its workers are woken, in whichever process finds it first', async () => {
      await startOne(PROCESS_ID);
      const jobs = newJobs();
      const ran = new Promise<void>((resolve) => jobs.handle('fetch', LEASE, async () => resolve()));
      const other = await startOne('other', { jobs });
      const third = await startOne('third');
      await look(other, 1);
      await leaveRunning();
      jobs.start();
      // The first claim finds nothing; from here on the worker sleeps for a minute.
      await new Promise((resolve) => setTimeout(resolve, 100));
      for (let time = 0; time < LOOKS; time++) {
        await third.beatAndLook();
        if (time < 2) await other.beatAndLook();
      }
      await other.beatAndLook();
      await ran;
      await jobs.stop(1000);
    });

    it('only the leases of the dead one end', async () => {
      await startOne(PROCESS_ID);
      const other = await startOne('other');
      const silent = await startOne('silent');
      await leaveRunning();
      for (let time = 0; time < LOOKS + 1; time++) {
        await begun[0]?.beatAndLook();
        await other.beatAndLook();
      }
      expect(await ids()).toEqual(['other', PROCESS_ID].sort());
      const [job] = await test.dataSource.query('SELECT run_at FROM job');
      expect(Number(job.run_at)).toBeGreaterThan(clock.now() + 60_000);
      await silent.beatAndLook();
    });

    it('the clocks of machines do not matter', async () => {
      const ahead = await startOne('ahead');
      const other = await startOne('other');
      await test.dataSource.query("UPDATE process SET seen_at = 0, started_at = 0 WHERE id = 'ahead'");
      for (let time = 0; time < 3 * LOOKS; time++) {
        await other.beatAndLook();
        if (time % (LOOKS - 1) === 0) await ahead.beatAndLook();
      }
      expect(await ids()).toEqual(['ahead', 'other']);
    });
  });

  it('looks count only after a beat of one’s own was written: nobody dies while the database takes no writes', async () => {
    await startOne('victim');
    const other = await startOne('other');
    await test.dataSource.query('ALTER TABLE process RENAME TO away');
    for (let time = 0; time < 3 * LOOKS; time++) await expect(other.beatAndLook()).rejects.toThrow();
    await test.dataSource.query('ALTER TABLE away RENAME TO process');
    await look(other, LOOKS - 1);
    expect(await ids()).toEqual(['other', 'victim']);
  });

  it('one that is found dead at the moment in which it beats lives', async () => {
    const victim = await startOne('victim');
    const other = await startOne('other');
    await look(other, LOOKS - 1);
    const { database } = test;
    const transaction = database.transaction.bind(database);
    database.transaction = (async (work, isWanted) => {
      database.transaction = transaction;
      await victim.beatAndLook();
      return transaction(work, isWanted);
    }) as typeof transaction;
    await look(other, 1);
    expect(await ids()).toEqual(['other', 'victim']);
  });

  describe('one that only stood still', () => {
    it('enters itself again, and what it ends late changes nothing of the job that another has taken over', async () => {
      const still = await startOne(PROCESS_ID);
      let end: () => void = () => undefined;
      const slow = newJobs();
      const running = new Promise<void>((resolve) => {
        slow.handle('fetch', LEASE, () => {
          resolve();
          return new Promise<void>((done) => (end = done));
        });
      });
      await add(slow, { key: 'k' });
      const late = slow.runDue();
      await running;
      const jobs = newJobs();
      let endNext: () => void = () => undefined;
      const taken = new Promise<void>((resolve) => {
        jobs.handle('fetch', LEASE, () => {
          resolve();
          return new Promise<void>((done) => (endNext = done));
        });
      });
      await look(await startOne('other', { jobs }), LOOKS + 1);
      const next = jobs.runDue();
      await taken;
      const [before] = await test.dataSource.query('SELECT * FROM job');

      end();
      await late;
      expect(await test.dataSource.query('SELECT * FROM job')).toEqual([before]);
      await still.beatAndLook();
      expect(await ids()).toEqual(['other', PROCESS_ID].sort());
      endNext();
      await next;
      expect(await test.dataSource.query('SELECT * FROM job')).toEqual([]);
    });

    it('ends its job for good when nobody has taken it over yet', async () => {
      await startOne(PROCESS_ID);
      let end: () => void = () => undefined;
      const slow = newJobs();
      const running = new Promise<void>((resolve) => {
        slow.handle('fetch', LEASE, () => {
          resolve();
          return new Promise<void>((done) => (end = done));
        });
      });
      await add(slow);
      const late = slow.runDue();
      await running;
      await look(await startOne('other'), LOOKS + 1);
      end();
      await late;
      expect(await test.dataSource.query('SELECT * FROM job')).toEqual([]);
    });
  });

  it('a process that only serves the API knows whether anybody works', async () => {
    const api = await startOne('api', { role: 'api' });
    expect(api.hasWorker()).toBe(false);
    const worker = await startOne('worker', { role: 'worker' });
    await look(api, 1);
    expect(api.hasWorker()).toBe(true);
    await worker.beforeApplicationShutdown();
    await look(api, 1);
    expect(api.hasWorker()).toBe(false);
  });
});

describe('a process with workers', () => {
  it.each(['all', 'worker'] as const)('has one: itself (%s)', (role) => {
    const processes = new Processes(
      undefined as never,
      new Clock(),
      { role } as Config,
      log,
      undefined as never,
      crypto,
    );
    expect(processes.hasWorker()).toBe(true);
  });
});
