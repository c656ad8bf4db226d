import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { Clock, CLOCKS_APART_MS } from '../platform/clock.js';
import { Config } from '../platform/settings/config.js';
import { Database, type Tx } from '../platform/database/database.js';
import { Log } from '../platform/logging/logger.js';
import { selection } from '../platform/database/rows.js';
import { within } from '../platform/within.js';
import { claimTask, finishTask, releaseTasks } from './claim-task.js';
import { SCHEDULED_TASKS } from './scheduled-task.entity.js';

export interface Task {
  /** Stored; at most 40 characters. */
  name: string;
  everySeconds: number;
  /** After this the run counts as failed. In `one-process` it is also the lease: how long one that hangs blocks the task. */
  timeoutSeconds: number;
  scope: 'each-process' | 'one-process';
  run: () => Promise<unknown>;
}

const LAST = selection(SCHEDULED_TASKS.pick(['name', 'lastSuccessAt']));

interface KnownTask extends Task {
  /** Not looked at before this instant. */
  notBefore: number;
  /** Until the run has really ended, be it long after its time limit: a task never overlaps itself in a process. */
  isBusy: boolean;
}

export type TaskOutcome = 'done' | 'failed' | 'timed-out';
type RunListener = (task: string, outcome: TaskOutcome) => void;

const TICK_MS = 1000;
const TICKER = 'tick';
const OK = 'ok';
const TIMED_OUT = 'TimedOut';
const MAX_NAME = 40;
const MAX_RESULT = 200;
/** A task held by another process is looked at again at least this often, so that changed rows are noticed. */
const RECHECK_MS = 60_000;
const STOP_LIMIT_MS = 3_000;

/** Runs the table of tasks. A task that fails or hangs is logged and harms neither the process nor the other tasks. */
@Injectable()
export class Scheduler implements OnModuleDestroy {
  private readonly tasks = new Map<string, KnownTask>();
  private readonly ticks = new Set<Promise<void>>();
  private readonly runListeners: RunListener[] = [];

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly log: Log,
    private readonly ticker: SchedulerRegistry,
  ) {}

  add(task: Task): void {
    if (this.tasks.has(task.name)) throw new Error(`task ${task.name} is added twice`);
    if (task.name.length > MAX_NAME) throw new Error(`expected a task name of at most ${MAX_NAME}, got ${task.name}`);
    this.tasks.set(task.name, { ...task, notBefore: 0, isBusy: false });
  }

  /** Calls `listener` when a run of a task has ended or ran out of time, in the process that ran it. */
  onRun(listener: RunListener): void {
    this.runListeners.push(listener);
  }

  /** All, whoever runs them. */
  get table(): readonly Pick<Task, 'name' | 'everySeconds' | 'scope'>[] {
    return [...this.tasks.values()];
  }

  /** When each task that runs in one process at a time last ended well, by name; of those that never did nothing. */
  async lastSuccesses(): Promise<Map<string, number>> {
    const rows = await this.database.browse((manager) => LAST.read(manager, 'FROM scheduled_task'));
    return new Map(rows.flatMap(({ name, lastSuccessAt }) => (lastSuccessAt === null ? [] : [[name, lastSuccessAt]])));
  }

  /** Ticks every second from now on; in a process that only serves the API never. */
  start(): void {
    if (this.config.role === 'api') return;
    const tick = (): void => {
      const begun = this.tick().finally(() => this.ticks.delete(begun));
      this.ticks.add(begun);
    };
    this.ticker.addInterval(TICKER, setInterval(tick, TICK_MS));
  }

  async release(tx: Tx, holder: string | null): Promise<void> {
    const names = [...this.tasks.values()].filter(({ scope }) => scope === 'one-process').map(({ name }) => name);
    if (names.length > 0) await releaseTasks(tx, { names, holder, now: this.clock.now() });
  }

  /** At the next tick every task that others may have let go is looked at. */
  lookAgain(): void {
    for (const task of this.tasks.values()) if (task.scope === 'one-process') task.notBefore = 0;
  }

  async onModuleDestroy(): Promise<void> {
    if (!this.ticker.doesExist('interval', TICKER)) return;
    this.ticker.deleteInterval(TICKER);
    await within(STOP_LIMIT_MS, Promise.all(this.ticks), () => undefined);
  }

  /** Begins every task that is due and not running; resolves when those have ended or run out of time. Never rejects. */
  async tick(): Promise<void> {
    if (this.config.role === 'api') return;
    await Promise.all([...this.tasks.values()].map((task) => this.runIfDue(task)));
  }

  private async runIfDue(task: KnownTask): Promise<void> {
    const now = this.clock.now();
    if (task.isBusy || isAhead(task, now)) return;
    task.isBusy = true;
    let run: Promise<unknown> = Promise.resolve();
    try {
      if (task.scope === 'each-process' || (await this.claim(task, now))) {
        const running = this.runToItsEnd(task);
        run = running;
        const result = await this.withinLimit(task, running);
        const outcome = result === OK ? 'done' : result === TIMED_OUT ? 'timed-out' : 'failed';
        for (const listener of this.runListeners) listener(task.name, outcome);
        await this.record(task, now, result);
      }
    } catch (error) {
      this.log.error('task.not-recorded', { task: task.name, error });
    }
    void run.then(() => (task.isBusy = false));
  }

  private async claim(task: KnownTask, now: number): Promise<boolean> {
    const latest = now + Math.max(task.everySeconds, task.timeoutSeconds) * 1000 + CLOCKS_APART_MS;
    const claim = await claimTask(this.database, { name: task.name, now, leaseEndsAt: leaseEnd(task, now), latest });
    if (claim.isMine) return true;
    task.notBefore = Math.min(claim.nextRunAt, now + Math.min(task.everySeconds * 1000, RECHECK_MS));
    return false;
  }

  private async record(task: KnownTask, startedAt: number, result: string): Promise<void> {
    const nextRunAt = startedAt + task.everySeconds * 1000;
    if (task.scope === 'one-process')
      await finishTask(this.database, {
        name: task.name,
        leaseEndsAt: leaseEnd(task, startedAt),
        nextRunAt,
        result,
        ...(result === OK && { succeededAt: this.clock.now() }),
      });
    task.notBefore = nextRunAt;
  }

  private withinLimit(task: KnownTask, run: Promise<string>): Promise<string> {
    return within(task.timeoutSeconds * 1000, run, () => {
      this.log.error('task.overran', { task: task.name, limit_seconds: task.timeoutSeconds });
      return TIMED_OUT;
    });
  }

  /** Never rejects: `ok`, or the class of the error. */
  private async runToItsEnd(task: KnownTask): Promise<string> {
    try {
      await task.run();
      this.log.debug('task.done', { task: task.name });
      return OK;
    } catch (error) {
      this.log.error('task.failed', { task: task.name, error });
      return (error instanceof Error ? error.name : typeof error).slice(0, MAX_RESULT);
    }
  }
}

/** What was set further ahead than a turn takes was set by a clock that has been set back since. */
function isAhead({ notBefore, everySeconds }: KnownTask, now: number): boolean {
  return now < notBefore && notBefore <= now + everySeconds * 1000;
}

function leaseEnd(task: Task, startedAt: number): number {
  return startedAt + task.timeoutSeconds * 1000;
}
