import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { describeOnEachDatabase, type TestDatabase } from '../../../test/support/database.js';
import { Clock } from '../clock.js';
import type { Config } from '../settings/config.js';
import type { Tx } from '../database/database.js';
import { Database } from '../database/database.js';
import { createLogger } from '../logging/logger.js';
import { Defer, Jobs, Park, RetryLater } from './jobs.js';

interface Gate {
  opened: Promise<void>;
  open: () => void;
}

function gate(): Gate {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

interface Row {
  id: string;
  kind: string;
  status: string;
  job_key: string | null;
  lease: string | null;
  attempts: number;
  run_at: number;
  last_error: string | null;
}

class FakeAhead extends Clock {
  override now(): number {
    return super.now() + 5 * 3_600_000;
  }
}

const config = { jobs: { pollMs: 60_000 }, retention: { sessionDays: 90 } } as Config;
const LEASE = { leaseSeconds: 60 };

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

describeOnEachDatabase('durable jobs', (open, kind) => {
  let test: TestDatabase;
  let clock: Clock;
  let lines: { event?: string; msg?: string }[];

  beforeAll(async () => {
    test = await open();
  });

  beforeEach(async () => {
    await test.dataSource.query('DELETE FROM job');
    clock = new Clock();
    lines = [];
  });

  const log = createLogger(
    { level: 'debug', format: 'json' },
    { write: (line: string) => void lines.push(JSON.parse(line)) },
  );
  const newJobs = (): Jobs => new Jobs(test.database, clock, config, log);
  const rows = (): Promise<Row[]> => test.database.read((manager) => manager.query('SELECT * FROM job ORDER BY id'));
  const add = (
    jobs: Jobs,
    name: string,
    payload: unknown,
    when: { runAt?: number; key?: string } = {},
  ): Promise<boolean> => test.database.transaction((tx) => jobs.enqueue(tx, name, payload, when));

  it('is due when it is asked for again after a clock that was hours ahead is set back', async () => {
    const wrong = new FakeAhead();
    await add(new Jobs(test.database, wrong, config, log), 'sweep', {}, { key: 'sweep MA' });
    const jobs = newJobs();
    let runs = 0;
    jobs.handle('sweep', LEASE, async () => void runs++);

    expect(await jobs.runDue()).toBe(0);
    await add(jobs, 'sweep', {}, { key: 'sweep MA' });
    expect(await jobs.runDue()).toBe(1);
    expect(runs).toBe(1);
  });

  it('waits for its time when it is asked for again, if that was set by a clock that may be right', async () => {
    await add(newJobs(), 'sweep', {}, { key: 'sweep MA', runAt: clock.now() + 3_600_000 });
    const jobs = newJobs();
    jobs.handle('sweep', LEASE, async () => undefined);
    await add(jobs, 'sweep', {}, { key: 'sweep MA' });
    expect(await jobs.runDue()).toBe(0);
  });

  describe('a job', () => {
    it('runs once with its payload and leaves nothing behind', async () => {
      const jobs = newJobs();
      const seen: unknown[] = [];
      jobs.handle('greet', LEASE, async (payload, { attempt }) => void seen.push([payload, attempt]));
      await add(jobs, 'greet', { id: 'x' });

      expect(await jobs.runDue()).toBe(1);
      expect(await jobs.runDue()).toBe(0);
      expect(seen).toEqual([[{ id: 'x' }, 1]]);
      expect(await rows()).toEqual([]);
    });

    it('never runs when its transaction rolls back', async () => {
      const jobs = newJobs();
      let runs = 0;
      jobs.handle('greet', LEASE, async () => void runs++);
      const work = test.database.transaction(async (tx) => {
        await jobs.enqueue(tx, 'greet', {});
        throw new Error('no');
      });

      await expect(work).rejects.toThrow('no');
      expect(await jobs.runDue()).toBe(0);
      expect(runs).toBe(0);
    });

    it('waits for its time', async () => {
      const jobs = newJobs();
      jobs.handle('greet', LEASE, async () => undefined);
      await add(jobs, 'greet', {}, { runAt: clock.now() + 60_000 });

      expect(await jobs.runDue()).toBe(0);
      clock.advance(60_000);
      expect(await jobs.runDue()).toBe(1);
    });

    it('is begun in the order of due times', async () => {
      const jobs = newJobs();
      const seen: unknown[] = [];
      jobs.handle('greet', LEASE, async (payload) => void seen.push(payload));
      const now = clock.now();
      for (const age of [3, 1, 5, 2, 4]) await add(jobs, 'greet', age, { runAt: now - age * 1000 });

      await jobs.runDue();
      expect(seen).toEqual([5, 4, 3, 2, 1]);
    });

    it('may add further jobs, which run in the same drain', async () => {
      const jobs = newJobs();
      const seen: string[] = [];
      jobs.handle('first', LEASE, async () => {
        seen.push('first');
        await add(jobs, 'second', {});
      });
      jobs.handle('second', LEASE, async () => void seen.push('second'));
      await add(jobs, 'first', {});

      expect(await jobs.runDue()).toBe(2);
      expect(seen).toEqual(['first', 'second']);
    });

    it('is left alone when nobody here handles its kind, which is said once', async () => {
      const jobs = newJobs();
      jobs.handle('known', LEASE, async () => undefined);
      await add(jobs, 'of-another-version', {});
      clock.advance(61_000);

      expect(await jobs.runDue()).toBe(0);
      await jobs.reportForeignKinds();
      await jobs.reportForeignKinds();
      expect(await rows()).toMatchObject([{ kind: 'of-another-version', attempts: 0 }]);
      expect(lines.filter((line) => JSON.stringify(line).includes('job.kind-unknown'))).toHaveLength(1);
    });

    it('runs with at most 31 others', async () => {
      const jobs = newJobs();
      const { opened, open: letGo } = gate();
      let running = 0;
      let most = 0;
      jobs.handle('slow', LEASE, async () => {
        most = Math.max(most, ++running);
        if (running === 32) letGo();
        await opened;
        running--;
      });
      for (let n = 0; n < 100; n++) await add(jobs, 'slow', n);

      expect(await jobs.runDue()).toBe(100);
      expect(most).toBe(32);
    });
  });

  describe('of a kind with lanes', () => {
    const LANES = { ...LEASE, lanes: { inFlight: 8, perLane: 4 } };
    const addTo = (jobs: Jobs, lane: string, payload: unknown): Promise<boolean> =>
      test.database.transaction((tx) => jobs.enqueue(tx, 'deliver', payload, { lane }));

    it('run at most so many to one lane, and go on to other lanes past a full one', async () => {
      const jobs = newJobs();
      const slow = gate();
      const begun: string[] = [];
      let running = 0;
      let most = 0;
      jobs.handle<string>('deliver', LANES, async (lane) => {
        begun.push(lane);
        if (lane !== 'slow') return;
        most = Math.max(most, (running += 1));
        await slow.opened;
        running -= 1;
      });
      for (let index = 0; index < 50; index++) await addTo(jobs, 'slow', 'slow');
      for (let index = 0; index < 20; index++) await addTo(jobs, `fast-${index}`, 'fast');

      const drained = jobs.runDue();
      while (begun.filter((lane) => lane === 'fast').length < 20) await new Promise((turn) => void setImmediate(turn));
      expect(begun.filter((lane) => lane === 'slow')).toHaveLength(4);
      slow.open();
      expect(await drained).toBe(70);
      expect(most).toBe(4);
    });

    it('are looked for again where a place came free while the worker looked', async () => {
      const [first, other, stuck] = [gate(), gate(), gate()];
      const begun: string[] = [];
      // The answer to a look that found every lane full comes when one of them is not any more.
      const late = Object.create(test.database) as Database;
      late.transaction = async <T>(work: (tx: Tx) => Promise<T>): Promise<T> => {
        const found = await test.database.transaction(work);
        const isFruitless = isRecord(found) && found['isLaneFull'] === true && Array.isArray(found['jobs']);
        if (isFruitless && (found['jobs'] as unknown[]).length === 0) {
          first.open();
          while ((await rows()).length > 2) await new Promise((turn) => void setImmediate(turn));
          for (let turn = 0; turn < 10; turn++) await new Promise((next) => void setImmediate(next));
        }
        return found;
      };
      const jobs = new Jobs(late, clock, config, log);
      jobs.handle<string>('deliver', { ...LEASE, lanes: { inFlight: 8, perLane: 1 } }, async (name) => {
        begun.push(name);
        if (name === 'first') await first.opened;
        if (name === 'other') await other.opened;
        if (name === 'stuck') await stuck.opened;
        if (name === 'second') stuck.open();
      });
      for (const [lane, name] of [
        ['a', 'first'],
        ['a', 'second'],
        ['b', 'other'],
        ['c', 'stuck'],
      ] as const)
        await addTo(jobs, lane, name);

      const drained = jobs.runDue();
      while (begun.length < 3) await new Promise((turn) => void setImmediate(turn));
      other.open();
      expect(await drained).toBe(4);
      expect(begun.at(-1)).toBe('second');
    });

    it('share a failing lane down to one place, and give them back one for each success', async () => {
      const jobs = newJobs();
      let isFailing = true;
      let running = 0;
      let most = 0;
      jobs.handle('deliver', { ...LANES, maxAttempts: 1 }, async () => {
        most = Math.max(most, (running += 1));
        await new Promise((turn) => void setImmediate(turn));
        running -= 1;
        if (isFailing) throw new Park('failed');
      });
      const drain = async (count: number): Promise<number> => {
        most = 0;
        for (let index = 0; index < count; index++) await addTo(jobs, 'a', index);
        await jobs.runDue();
        return most;
      };
      expect(await drain(4)).toBe(4);
      expect(await drain(6)).toBe(1);
      isFailing = false;
      await drain(3);
      expect(await drain(8)).toBe(4);
    });

    it('that defer themselves take nothing from their lane, and give nothing back to one that fails', async () => {
      const jobs = newJobs();
      let running = 0;
      let most = 0;
      jobs.handle<string>('deliver', { ...LANES, maxAttempts: 9 }, async (word) => {
        most = Math.max(most, (running += 1));
        await new Promise((turn) => void setImmediate(turn));
        running -= 1;
        if (word === 'bad') throw new Park('failed');
        throw new Defer(3600, 'not yet');
      });
      const drain = async (word: string, count: number): Promise<number> => {
        most = 0;
        for (let index = 0; index < count; index++) await addTo(jobs, 'a', word);
        await jobs.runDue();
        return most;
      };
      await drain('good', 12);
      expect(await drain('good', 6)).toBe(4);
      await drain('bad', 9);
      await drain('good', 6);
      expect(await drain('good', 6)).toBe(1);
    });

    it('leave the other kinds all their places', async () => {
      const jobs = newJobs();
      const stuck = gate();
      const greeted: unknown[] = [];
      jobs.handle('deliver', LANES, () => stuck.opened);
      jobs.handle('greet', LEASE, async (payload) => void greeted.push(payload));
      for (let index = 0; index < 8; index++) await addTo(jobs, `lane-${index}`, null);
      for (let index = 0; index < 5; index++) await add(jobs, 'greet', null);
      jobs.start();
      while (greeted.length < 5) await new Promise((turn) => void setImmediate(turn));
      stuck.open();
      await jobs.stop(5000);
    });
  });

  it('refuses two handlers of one kind', () => {
    const jobs = newJobs();
    jobs.handle('greet', LEASE, async () => undefined);
    expect(() => jobs.handle('greet', LEASE, async () => undefined)).toThrow('jobs of kind greet are handled twice');
  });

  describe('a key', () => {
    it('admits one waiting job among twenty requests at once', async () => {
      const jobs = newJobs();
      const answers = await Promise.all(Array.from({ length: 20 }, () => add(jobs, 'greet', {}, { key: 'k' })));

      expect(answers.filter(Boolean)).toHaveLength(1);
      expect(await rows()).toHaveLength(1);
    });

    it('does not fail the transaction of those who come second', async () => {
      const jobs = newJobs();
      await add(jobs, 'greet', {}, { key: 'k' });
      await test.database.transaction(async (tx) => {
        expect(await jobs.enqueue(tx, 'greet', {}, { key: 'k' })).toBe(false);
        expect(await jobs.enqueue(tx, 'other', {})).toBe(true);
      });

      expect((await rows()).map((row) => row.kind)).toEqual(['greet', 'other']);
    });

    it('is free again when the job is done', async () => {
      const jobs = newJobs();
      jobs.handle('greet', LEASE, async () => undefined);
      await add(jobs, 'greet', {}, { key: 'k' });
      await jobs.runDue();

      expect(await add(jobs, 'greet', {}, { key: 'k' })).toBe(true);
    });

    it('asked for while its job runs makes that job run once more, however often it was asked', async () => {
      const jobs = newJobs();
      let runs = 0;
      jobs.handle('greet', LEASE, async () => {
        if (++runs > 1) return;
        expect(await add(jobs, 'greet', {}, { key: 'k' })).toBe(false);
        expect(await add(jobs, 'greet', {}, { key: 'k' })).toBe(false);
      });
      await add(jobs, 'greet', {}, { key: 'k' });

      expect(await jobs.runDue()).toBe(2);
      expect(await rows()).toEqual([]);
    });

    it.each([new RetryLater(3600), new Defer(3600, 'not yet')])(
      'asked for while its job runs makes that job run at once though it ends in %s',
      async (end) => {
        const jobs = newJobs();
        let runs = 0;
        jobs.handle('greet', LEASE, async () => {
          if ((runs += 1) > 1) return;
          await add(jobs, 'greet', {}, { key: 'k' });
          throw end;
        });
        await add(jobs, 'greet', {}, { key: 'k' });
        await jobs.runDue();
        await jobs.runDue();
        expect(runs).toBe(2);
        expect(await rows()).toEqual([]);
      },
    );

    it('asked for sooner brings a waiting job forward, and not otherwise', async () => {
      const jobs = newJobs();
      jobs.handle('greet', LEASE, async () => undefined);
      const later = clock.now() + 60_000;
      await add(jobs, 'greet', null, { key: 'k', runAt: later });
      await add(jobs, 'greet', null, { key: 'k' });
      expect(Number((await rows())[0]?.run_at)).toBe(later);
      await test.database.transaction((tx) => jobs.enqueue(tx, 'greet', null, { key: 'k', sooner: true }));
      expect(await jobs.runDue()).toBe(1);
    });

    it('asked for during the last attempt gives the job its attempts anew instead of parking it', async () => {
      const jobs = newJobs();
      const attempts: number[] = [];
      jobs.handle('greet', { ...LEASE, maxAttempts: 2, retryDelaySeconds: () => 0 }, async (_, { attempt }) => {
        attempts.push(attempt);
        if (attempts.length > 2) return;
        if (attempt === 2) await add(jobs, 'greet', {}, { key: 'k' });
        throw new Error('no');
      });
      await add(jobs, 'greet', {}, { key: 'k' });
      await jobs.runDue();

      expect(attempts).toEqual([1, 2, 1]);
      expect(await rows()).toEqual([]);
    });
  });

  describe('a job that fails', () => {
    it('comes back after its delay with the reason noted, digits struck out', async () => {
      const jobs = newJobs();
      jobs.handle('greet', { ...LEASE, retryDelaySeconds: (attempt) => attempt * 100 }, async () => {
        throw new TypeError('+1 415 555 0123 is busy');
      });
      await add(jobs, 'greet', {});
      const before = clock.now();
      await jobs.runDue();

      const [row] = await rows();
      expect(row).toMatchObject({ status: 'waiting', attempts: 1, lease: null });
      expect(row?.last_error).toBe('TypeError: +# ### ### #### is busy');
      expect(Number(row?.run_at) - before).toBeGreaterThanOrEqual(100_000);
      expect(Number(row?.run_at) - before).toBeLessThan(101_000 + (clock.now() - before));

      clock.advance(101_000);
      expect(await jobs.runDue()).toBe(1);
      expect(await rows()).toMatchObject([{ attempts: 2 }]);
    });

    it('comes back when it says so', async () => {
      const jobs = newJobs();
      jobs.handle('greet', LEASE, async () => {
        throw new RetryLater(7200);
      });
      await add(jobs, 'greet', {});
      const before = clock.now();
      await jobs.runDue();

      const [row] = await rows();
      expect(Number(row?.run_at) - before).toBeGreaterThanOrEqual(7_200_000);
      expect(row?.last_error).toBe('RetryLater: asked for a later run');
    });

    it('has not failed when it defers itself: it runs again at its time, is counted, and nothing is told as a failure', async () => {
      const jobs = newJobs();
      let runs = 0;
      jobs.handle('greet', LEASE, async () => {
        if ((runs += 1) === 1) throw new RetryLater(1, 'failed');
        if (runs === 2) throw new Defer(60, 'nobody is there yet');
      });
      await add(jobs, 'greet', {});
      await jobs.runDue();
      clock.advance(1000);
      lines = [];
      await jobs.runDue();
      expect(await rows()).toMatchObject([{ status: 'waiting', attempts: 2, lease: null, last_error: null }]);
      expect(lines.map(({ msg }) => msg)).toEqual(['job.deferred']);

      clock.advance(50_000);
      expect(await jobs.runDue()).toBe(0);
      clock.advance(10_000);
      expect(await jobs.runDue()).toBe(1);
      expect(await rows()).toEqual([]);
    });

    it('is parked after its last attempt and gives up its key', async () => {
      const jobs = newJobs();
      let runs = 0;
      jobs.handle('greet', { ...LEASE, maxAttempts: 3, retryDelaySeconds: () => 0 }, async () => {
        runs++;
        throw new Error('no');
      });
      await add(jobs, 'greet', {}, { key: 'k' });
      await jobs.runDue();

      expect(runs).toBe(3);
      expect(await rows()).toMatchObject([{ status: 'parked', job_key: null, lease: null, attempts: 3 }]);
    });

    it('is parked at once when it says so', async () => {
      const jobs = newJobs();
      jobs.handle('greet', LEASE, async () => {
        throw new Park('the receiver is gone');
      });
      await add(jobs, 'greet', {});
      await jobs.runDue();

      expect(await rows()).toMatchObject([{ status: 'parked', attempts: 1, last_error: 'Park: the receiver is gone' }]);
    });

    it('is parked when its payload cannot be read, and holds up nobody', async () => {
      const jobs = newJobs();
      const seen: unknown[] = [];
      jobs.handle('greet', LEASE, async (payload) => void seen.push(payload));
      const now = clock.now();
      for (let n = 0; n < 40; n++) await add(jobs, 'greet', 'poison', { runAt: now - 5000 });
      await test.dataSource.query("UPDATE job SET payload = '{'");
      await add(jobs, 'greet', 'healthy', { runAt: now - 1000 });
      await jobs.runDue();

      expect(seen).toEqual(['healthy']);
      expect((await rows()).filter((row) => row.status === 'parked')).toHaveLength(40);
    });
  });

  describe('a worker that dies', () => {
    it('loses its job to another once the lease is over', async () => {
      const dead = newJobs();
      const alive = newJobs();
      const { opened } = gate();
      const attempts: number[] = [];
      dead.handle('greet', LEASE, () => opened);
      alive.handle('greet', LEASE, async (_, { attempt }) => void attempts.push(attempt));
      await add(dead, 'greet', {});
      // Whose lease ends when the test is long over, and the database with it.
      dead.runDue().catch(() => undefined);
      await leased(rows);

      clock.advance(59_000);
      expect(await alive.runDue()).toBe(0);
      clock.advance(1_001);
      expect(await alive.runDue()).toBe(1);
      expect(attempts).toEqual([2]);
      expect(await rows()).toEqual([]);
    });

    it.each(['ends well', 'fails', 'gives up'])(
      'and comes back writes nothing when its run %s after another took over',
      async (end) => {
        const late = newJobs();
        const other = newJobs();
        const lateGate = gate();
        const otherGate = gate();
        late.handle('greet', LEASE, async () => {
          await lateGate.opened;
          if (end === 'fails') throw new Error('late');
          if (end === 'gives up') throw new Park('late');
        });
        other.handle('greet', LEASE, () => otherGate.opened);
        await add(late, 'greet', {}, { key: 'k' });
        const lateRun = late.runDue();
        const first = await leased(rows);
        clock.advance(60_001);
        const otherRun = other.runDue();
        const second = await leased(rows, first.lease);

        lateGate.open();
        await lateRun;
        expect(await rows()).toEqual([second]);

        otherGate.open();
        await otherRun;
        expect(await rows()).toEqual([]);
      },
    );

    it('again and again, killed by the job, is spared it in the end', async () => {
      const killed = (): Jobs => {
        const jobs = newJobs();
        jobs.handle('kill', { ...LEASE, maxAttempts: 3 }, () => new Promise(() => undefined));
        return jobs;
      };
      await add(killed(), 'kill', {});
      let lease: string | null = null;
      for (let attempt = 1; attempt <= 3; attempt++) {
        killed()
          .runDue()
          .catch(() => undefined);
        ({ lease } = await leased(rows, lease));
        clock.advance(60_001);
      }
      await killed().runDue();

      expect(await rows()).toMatchObject([
        { status: 'parked', last_error: 'Park: no worker came back from the last attempt' },
      ]);
    });
  });

  it('leaves a job alone that it is at itself, however far a clock is moved meanwhile: the run counts', async () => {
    const jobs = newJobs();
    const { opened, open: end } = gate();
    let runs = 0;
    jobs.handle('greet', LEASE, async () => {
      runs += 1;
      await opened;
    });
    const looked = gate();
    jobs.handle('other', LEASE, async () => looked.open());
    jobs.start();
    await add(jobs, 'greet', {});
    const first = await leased(rows);
    clock.advance(60_001);
    await add(jobs, 'other', {});
    await looked.opened;
    expect([runs, (await rows())[0]]).toEqual([1, first]);
    end();
    await jobs.stop(10_000);
    expect(await rows()).toEqual([]);
  });

  it('tells a run that its lease is over and gives its place to others', async () => {
    const jobs = newJobs();
    const aborted = gate();
    jobs.handle('hang', { leaseSeconds: 0.02 }, (_, { signal }) => {
      signal.addEventListener('abort', aborted.open);
      clock.advance(-1_000_000); // what follows is not due again: this looks at one run
      return new Promise(() => undefined);
    });
    await add(jobs, 'hang', {});

    expect(await jobs.runDue()).toBe(1);
    await aborted.opened;
  });

  it('runs each of 500 jobs once when two processes work at the same time', async () => {
    const second = new Database(test.dataSource);
    const workers = [newJobs(), kind === 'sqlite' ? newJobs() : new Jobs(second, clock, config, log)];
    const runs = new Map<unknown, number>();
    for (const jobs of workers) {
      jobs.handle('count', LEASE, async (payload) => void runs.set(payload, (runs.get(payload) ?? 0) + 1));
    }
    const [first] = workers;
    await test.database.transaction(async (tx) => {
      for (let n = 0; n < 500; n++) await first?.enqueue(tx, 'count', n);
    });
    const counts = await Promise.all(workers.map((jobs) => jobs.runDue()));

    expect(runs.size).toBe(500);
    expect([...runs.values()].every((count) => count === 1)).toBe(true);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(500);
    expect(Math.min(...counts)).toBeGreaterThan(0);
    expect(await rows()).toEqual([]);
  });

  if (kind === 'mysql') {
    it('finds a job whose transaction was open while later ones were written, run and gone', async () => {
      const jobs = newJobs();
      const seen: unknown[] = [];
      jobs.handle('greet', LEASE, async (payload) => void seen.push(payload));
      const written = gate();
      const mayCommit = gate();
      const slow = test.database.transaction(async (tx: Tx) => {
        await jobs.enqueue(tx, 'greet', 'early id, late commit');
        written.open();
        await mayCommit.opened;
      });
      await written.opened;
      for (let n = 0; n < 50; n++) await add(jobs, 'greet', n);
      expect(await jobs.runDue()).toBe(50);
      mayCommit.open();
      await slow;

      expect(await jobs.runDue()).toBe(1);
      expect(seen.at(-1)).toBe('early id, late commit');
    });
  }

  describe('the running worker', () => {
    it('begins at once what a commit of its own process added', async () => {
      const jobs = newJobs(); // polls once a minute
      const ran = gate();
      jobs.handle('greet', LEASE, async () => ran.open());
      jobs.start();
      await add(jobs, 'greet', {});

      await ran.opened;
      await jobs.stop(1000);
      expect(await rows()).toEqual([]);
    });

    it('misses none of 400 commits, although the worker of other kinds looks at the same time', async () => {
      const jobs = newJobs(); // polls once a minute
      let ran = gate();
      jobs.handle('other', LEASE, async () => undefined);
      jobs.handle('greet', { ...LEASE, lanes: { inFlight: 8, perLane: 8 } }, async () => ran.open());
      jobs.start();
      for (let index = 0; index < 400; index++) {
        ran = gate();
        await add(jobs, 'greet', {});
        await ran.opened;
      }
      await jobs.stop(1000);
      expect(await rows()).toEqual([]);
    }, 15_000);

    it('begins once more at once what was asked for while it ran', async () => {
      const jobs = newJobs(); // polls once a minute
      const ranAgain = gate();
      let runs = 0;
      jobs.handle('greet', LEASE, async () => {
        if (++runs > 1) ranAgain.open();
        else await add(jobs, 'greet', {}, { key: 'k' });
      });
      jobs.start();
      await add(jobs, 'greet', {}, { key: 'k' });

      await ranAgain.opened;
      await jobs.stop(1000);
      expect(await rows()).toEqual([]);
    }, 5000);

    it('lets runs end before it stops, and claims nothing more', async () => {
      const jobs = newJobs();
      const begun = gate();
      const mayEnd = gate();
      jobs.handle('slow', LEASE, async () => {
        begun.open();
        await mayEnd.opened;
      });
      jobs.start();
      await add(jobs, 'slow', {});
      await begun.opened;
      const stopped = jobs.stop(10_000);
      await add(jobs, 'slow', 'later');
      mayEnd.open();
      await stopped;

      expect(await rows()).toMatchObject([{ payload: '"later"', lease: null, attempts: 0 }]);
    });

    it('leaves behind what does not end in time; its lease stays', async () => {
      const jobs = newJobs();
      const begun = gate();
      jobs.handle('hang', { leaseSeconds: 0.5 }, () => {
        begun.open();
        return new Promise(() => undefined);
      });
      jobs.start();
      await add(jobs, 'hang', {});
      await begun.opened;
      await jobs.stop(1);

      const [row] = await rows();
      expect(row?.lease).not.toBeNull();
    });
  });

  describe('operators', () => {
    it('see jobs newest first, page by page, and by state', async () => {
      const jobs = newJobs();
      jobs.handle('bad', LEASE, async () => {
        throw new Park('no');
      });
      await add(jobs, 'bad', {});
      await jobs.runDue();
      for (let n = 0; n < 3; n++) await add(jobs, 'foreign', n);

      const first = await jobs.list({ limit: 3 });
      const rest = await jobs.list({ limit: 3, cursor: first.at(-1)?.id });
      expect([...first, ...rest].map((job) => job.state)).toEqual(['waiting', 'waiting', 'waiting', 'parked']);
      expect(await jobs.list({ state: 'parked', limit: 10 })).toMatchObject([{ kind: 'bad', lastError: 'Park: no' }]);
      expect(await jobs.list({ state: 'waiting', limit: 10 })).toHaveLength(3);
      expect(await jobs.list({ state: 'running', limit: 10 })).toEqual([]);
    });

    it('can have a parked job run again with all its attempts', async () => {
      const jobs = newJobs();
      let isBroken = true;
      const attempts: number[] = [];
      jobs.handle('greet', { ...LEASE, maxAttempts: 1 }, async (_, { attempt }) => {
        attempts.push(attempt);
        if (isBroken) throw new Error('no');
      });
      await add(jobs, 'greet', {});
      await jobs.runDue();
      const [parked] = await jobs.list({ state: 'parked', limit: 1 });
      isBroken = false;
      await test.database.transaction((tx) => jobs.retry(tx, parked?.id ?? ''));

      expect(await jobs.runDue()).toBe(1);
      expect(attempts).toEqual([1, 1]);
      expect(await rows()).toEqual([]);
    });

    it('cannot restart a job that runs, or one that is not there', async () => {
      const jobs = newJobs();
      const mayEnd = gate();
      jobs.handle('slow', LEASE, () => mayEnd.opened);
      await add(jobs, 'slow', {});
      const run = jobs.runDue();
      const { id } = await leased(rows);

      const retry = (job: string): Promise<void> => test.database.transaction((tx) => jobs.retry(tx, job));
      await expect(retry(id)).rejects.toThrow('the job is running');
      await expect(retry('nobody')).rejects.toThrow('no such job');
      mayEnd.open();
      await run;
    });

    it('lose parked jobs after as many days as sessions are kept, where that is less', async () => {
      const day = { ...config, retention: { sessionDays: 1, auditDays: 30 } };
      const jobs = new Jobs(test.database, clock, day, createLogger({ level: 'silent', format: 'json' }));
      jobs.handle('bad', LEASE, async () => {
        throw new Park('no');
      });
      await add(jobs, 'bad', {});
      await jobs.runDue();
      clock.advance(86_400_000 - 60_000);
      expect(await jobs.purge()).toBe(0);
      clock.advance(61_000);
      expect(await jobs.purge()).toBe(1);
    });

    it('lose parked jobs after 30 days', async () => {
      const jobs = newJobs();
      jobs.handle('bad', LEASE, async () => {
        throw new Park('no');
      });
      await add(jobs, 'bad', {});
      await jobs.runDue();
      await add(jobs, 'foreign', {});

      clock.advance(30 * 86_400_000 - 60_000);
      expect(await jobs.purge()).toBe(0);
      clock.advance(61_000);
      expect(await jobs.purge()).toBe(1);
      expect(await rows()).toMatchObject([{ kind: 'foreign' }]);
    });
  });
});

/** Waits until the only job is under a lease other than the given one. */
async function leased(rows: () => Promise<Row[]>, other: string | null = null): Promise<Row> {
  for (;;) {
    const [row] = await rows();
    if (row && row.lease !== null && row.lease !== other) return row;
  }
}
