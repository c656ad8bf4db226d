import { beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { SchedulerRegistry } from '@nestjs/schedule';
import { describeOnEachDatabase, type TestDatabase } from '../../test/support/database.js';
import { Clock } from '../platform/clock.js';
import type { Config } from '../platform/settings/config.js';
import { createLogger } from '../platform/logging/logger.js';
import { PROCESS_ID } from '../platform/this-process.js';
import { Scheduler, type Task } from './scheduler.js';

const lines: string[] = [];
const log = createLogger({ level: 'error', format: 'json' }, { write: (line: string) => void lines.push(line) });
const START = 1_800_000_000_000;

class StoppedClock extends Clock {
  private time = START;
  override now(): number {
    return this.time;
  }
  override advance(milliseconds: number): void {
    this.time += milliseconds;
  }
}

describeOnEachDatabase('the scheduler', (open) => {
  let test: TestDatabase;
  let clock: Clock;

  beforeAll(async () => {
    test = await open();
  });

  beforeEach(async () => {
    await test.dataSource.query('DELETE FROM scheduled_task');
    clock = new StoppedClock();
    lines.splice(0);
  });

  const newScheduler = (role: Config['role'] = 'all'): Scheduler =>
    new Scheduler(test.database, clock, { role } as Config, log, new SchedulerRegistry());
  const task = (run: Task['run'], change: Partial<Task> = {}): Task => ({
    name: 'purge',
    everySeconds: 5,
    timeoutSeconds: 30,
    scope: 'one-process',
    run,
    ...change,
  });
  const row = async (): Promise<unknown> => {
    const [stored] = await test.dataSource.query('SELECT * FROM scheduled_task');
    return stored && { ...stored, next_run_at: Number(stored.next_run_at) - START };
  };

  it('runs each due task once in two processes over 200 ticks', async () => {
    const runsAt: number[] = [];
    const processes = [newScheduler(), newScheduler()];
    for (const scheduler of processes) {
      scheduler.add(task(async () => void runsAt.push((clock.now() - START) / 1000)));
    }
    for (let second = 0; second < 200; second++) {
      await Promise.all(processes.map((scheduler) => scheduler.tick()));
      clock.advance(1000);
    }

    expect(runsAt).toEqual(Array.from({ length: 40 }, (_, n) => n * 5));
    expect(lines).toEqual([]);
  });

  it('runs a task of each process in each', async () => {
    let runs = 0;
    const processes = [newScheduler(), newScheduler()];
    for (const scheduler of processes) scheduler.add(task(async () => runs++, { scope: 'each-process' }));
    for (let second = 0; second < 10; second++) {
      await Promise.all(processes.map((scheduler) => scheduler.tick()));
      clock.advance(1000);
    }

    expect(runs).toBe(4);
    expect(await row()).toBeUndefined();
  });

  it.each(['each-process', 'one-process'] as const)(
    'runs a task of %s as often as before once the clock is set back',
    async (scope) => {
      const runsAt: number[] = [];
      const run = async (): Promise<void> => void runsAt.push((clock.now() - START) / 1000);
      const scheduler = newScheduler();
      scheduler.add(task(run, { scope }));
      clock.advance(10 * 3_600_000);
      await scheduler.tick();
      clock.advance(-10 * 3_600_000);
      // Another one that has just begun knows no more than the row.
      const restarted = newScheduler();
      restarted.add(task(run, { scope: 'one-process' }));
      for (let second = 0; second <= 10; second++) {
        await scheduler.tick();
        if (scope === 'one-process') await restarted.tick();
        clock.advance(1000);
      }
      expect(runsAt).toEqual([36_000, 0, 5, 10]);
    },
  );

  it('lets another process take over after the time limit of one that died', async () => {
    const dead = newScheduler();
    const alive = newScheduler();
    let isTakenOver = false;
    const begun = new Promise<void>((resolve) => {
      dead.add(
        task(() => {
          resolve();
          return new Promise(() => undefined);
        }, DAILY),
      );
    });
    alive.add(task(async () => (isTakenOver = true), DAILY));
    void dead.tick();
    await begun;

    await alive.tick();
    clock.advance(29_999);
    await alive.tick();
    expect(isTakenOver).toBe(false);
    clock.advance(1);
    await alive.tick();
    expect(isTakenOver).toBe(true);
    expect(await row()).toMatchObject({ next_run_at: 30_000 + 86_400_000, last_result: 'ok' });
  });

  it('lets another process take over at its next tick what a process that is gone was running', async () => {
    const dead = newScheduler();
    const alive = newScheduler();
    let end: (value?: unknown) => void = () => undefined;
    let runs = 0;
    const begun = new Promise<void>((resolve) => {
      dead.add(
        task(() => {
          resolve();
          return new Promise((done) => (end = done));
        }, DAILY),
      );
    });
    alive.add(task(async () => (runs += 1), DAILY));
    const late = dead.tick();
    await begun;
    await alive.tick();
    await test.database.transaction((tx) => alive.release(tx, 'somebody-else'));
    alive.lookAgain();
    await alive.tick();
    expect(runs).toBe(0);

    await test.database.transaction((tx) => alive.release(tx, PROCESS_ID));
    await alive.tick();
    expect(runs).toBe(0);
    alive.lookAgain();
    await alive.tick();
    expect(runs).toBe(1);
    const stored = await row();
    expect(stored).toMatchObject({ next_run_at: 86_400_000, last_result: 'ok', holder: null });

    // The dead one only stood still, and comes back.
    end();
    await late;
    expect(await row()).toEqual(stored);
  });

  it('does not let one that comes back late move the next run', async () => {
    const late = newScheduler();
    const other = newScheduler();
    let end: (value?: unknown) => void = () => undefined;
    const begun = new Promise<void>((resolve) => {
      late.add(
        task(() => {
          resolve();
          return new Promise((done) => (end = done));
        }),
      );
    });
    other.add(task(async () => undefined));
    const lateTick = late.tick();
    await begun;
    clock.advance(30_000);
    await other.tick();
    const stored = await row();

    end();
    await lateTick;
    expect(await row()).toEqual(stored);
    expect(stored).toMatchObject({ next_run_at: 35_000 });
  });

  it('survives a task that throws, notes the class of the error, and runs the others', async () => {
    const scheduler = newScheduler();
    let others = 0;
    scheduler.add(
      task(() => {
        throw new RangeError('+14155550123');
      }),
    );
    scheduler.add(task(async () => others++, { name: 'other', scope: 'each-process' }));
    await scheduler.tick();
    clock.advance(5000);
    await scheduler.tick();

    expect(others).toBe(2);
    expect(await row()).toMatchObject({ last_result: 'RangeError', next_run_at: 10_000 });
  });

  it.each(['each-process', 'one-process'] as const)('never overlaps a task of %s with itself', async (scope) => {
    const scheduler = newScheduler();
    let running = 0;
    let most = 0;
    let end: (value?: unknown) => void = () => undefined;
    const begun = new Promise<void>((resolve) => {
      const run = async (): Promise<void> => {
        most = Math.max(most, ++running);
        resolve();
        await new Promise((done) => (end = done));
        running--;
      };
      scheduler.add(task(run, { scope }));
    });
    const first = scheduler.tick();
    await begun;
    clock.advance(60_000);
    await scheduler.tick();
    await scheduler.tick();
    expect(most).toBe(1);

    end();
    await first;
  });

  it('does not wait for a run past its time limit, nor begin another before it ends', async () => {
    const scheduler = newScheduler();
    let runs = 0;
    let end: (value?: unknown) => void = () => undefined;
    const run = (): Promise<unknown> => {
      runs++;
      return new Promise((done) => (end = done));
    };
    scheduler.add(task(run, { timeoutSeconds: 0.01 }));
    await scheduler.tick();
    expect(await row()).toMatchObject({ last_result: 'TimedOut', next_run_at: 5000 });

    clock.advance(60_000);
    await scheduler.tick();
    expect(runs).toBe(1);

    end();
    await new Promise(setImmediate);
    clock.advance(60_000);
    await scheduler.tick();
    expect(runs).toBe(2);
    end();
  });

  it('survives a database that refuses, and tries again at the next tick', async () => {
    const scheduler = newScheduler();
    let runs = 0;
    scheduler.add(task(async () => runs++));
    await test.dataSource.query('ALTER TABLE scheduled_task RENAME TO away');
    await scheduler.tick();
    expect(runs).toBe(0);

    await test.dataSource.query('ALTER TABLE away RENAME TO scheduled_task');
    clock.advance(1000);
    await scheduler.tick();
    expect(runs).toBe(1);
  });

  describe('in a process that only serves the API', () => {
    it('runs nothing', async () => {
      const scheduler = newScheduler('api');
      let runs = 0;
      scheduler.add(task(async () => runs++, { scope: 'each-process' }));
      scheduler.start();
      await scheduler.tick();

      expect(runs).toBe(0);
    });
  });

  it('refuses two tasks of one name', () => {
    const scheduler = newScheduler();
    scheduler.add(task(async () => undefined));
    expect(() => scheduler.add(task(async () => undefined))).toThrow('task purge is added twice');
  });
});

describe('the ticker', () => {
  it('ticks each second from the start to the end of the process', async () => {
    jest.useFakeTimers();
    try {
      let runs = 0;
      const database = undefined as never;
      const scheduler = new Scheduler(
        database,
        new Clock(),
        { role: 'worker' } as Config,
        log,
        new SchedulerRegistry(),
      );
      scheduler.add({
        name: 'beat',
        everySeconds: 1,
        timeoutSeconds: 1,
        scope: 'each-process',
        run: async () => runs++,
      });
      scheduler.start();
      await jest.advanceTimersByTimeAsync(3000);
      expect(runs).toBe(3);

      await scheduler.onModuleDestroy();
      await jest.advanceTimersByTimeAsync(3000);
      expect(runs).toBe(3);
    } finally {
      jest.useRealTimers();
    }
  });
});

const DAILY = { everySeconds: 86_400 };
