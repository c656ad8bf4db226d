import type { Clock } from '../clock.js';
import type { Database } from '../database.js';
import type { Log } from '../logger.js';
import { claimDueJobs, type ClaimedJob } from './claim-due-jobs.js';
import { outcomeOfFailure, Park } from './job-failure.js';
import type { Handler } from './job-handler.js';
import type { Outcome } from './settle-jobs.js';
import { Settlements } from './settlements.js';
import { WakeUp } from './wake-up.js';

const MAX_IN_FLIGHT = 32;

/** Claims jobs and runs them, each under its lease. */
export class JobWorker {
  private inFlight = 0;
  private isStopping = false;
  private loop: Promise<void> | null = null;
  private readonly slotWaiters: (() => void)[] = [];
  private readonly workCame = new WakeUp();
  private readonly settlements: Settlements;
  private lastDrain: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly handlers: ReadonlyMap<string, Handler>,
  ) {
    this.settlements = new Settlements(database, clock, log);
  }

  wake(): void {
    this.workCame.call();
  }

  /** Runs whatever is due, and what becomes due meanwhile, until nothing is; returns the number of runs. One call waits for the one before. */
  runDue(): Promise<number> {
    const drain = this.lastDrain.then(() => this.drain());
    this.lastDrain = drain.catch(() => undefined);
    return drain;
  }

  private async drain(): Promise<number> {
    let runs = 0;
    for (;;) {
      const { begun } = await this.claimAndBegin();
      runs += begun;
      if (this.inFlight > 0) await this.slotFreed();
      else if (begun === 0) return runs;
    }
  }

  start(pollMs: number): void {
    this.loop ??= this.keepWorking(pollMs);
  }

  /**
   * Claims nothing more and waits up to `maxMs` for the runs in flight. What is not done by then is left behind: its lease ends, and another
   * worker, or this one after its restart, runs it again.
   */
  async stop(maxMs: number): Promise<void> {
    this.isStopping = true;
    this.workCame.call();
    this.tellSlotWaiters();
    await this.loop;

    let timer: NodeJS.Timeout | undefined;
    const timeUp = new Promise<void>((resolve) => (timer = setTimeout(resolve, maxMs)));
    await Promise.race([this.allRunsEnded(), timeUp]);
    clearTimeout(timer);
    this.settlements.close();
    if (this.inFlight > 0) this.log.warn('jobs.abandoned', { jobs: this.inFlight });
  }

  private async keepWorking(pollMs: number): Promise<void> {
    while (!this.isStopping) {
      const { begun, free } = await this.claimAndBegin().catch((error: unknown) => {
        this.log.error('jobs.claim-failed', { error });
        return { begun: 0, free: 1 };
      });
      // Fewer than asked for: nothing more is due, and a freed slot is no reason to look again.
      if (begun < free) await this.workCame.wait(pollMs);
      else await this.slotFreed();
    }
  }

  /** Never claims more than can begin at once: a claimed job that only waits in memory would use up its lease and an attempt. */
  private async claimAndBegin(): Promise<{ begun: number; free: number }> {
    const free = MAX_IN_FLIGHT - this.inFlight;
    if (free <= 0) return { begun: 0, free: 0 };
    const jobs = await claimDueJobs(this.database, this.clock, { handlers: this.handlers, limit: free });
    for (const job of jobs) void this.occupySlot(job);
    return { begun: jobs.length, free };
  }

  /** A run that outlives its lease gives its slot back, so that handlers that hang cannot stop the worker. */
  private async occupySlot(job: ClaimedJob): Promise<void> {
    this.inFlight++;
    const lease = new AbortController();
    await new Promise<void>((freed) => {
      const timer = setTimeout(() => {
        this.log.warn('job.overran', { kind: job.kind, id: job.id, attempt: job.attempt });
        lease.abort();
        freed();
      }, job.handler.leaseMs);
      // A run that hangs must not keep a process alive that has nothing else to do.
      timer.unref();
      void this.execute(job, lease.signal)
        .then((outcome) => this.settlements.add({ job, outcome }))
        .then(() => {
          clearTimeout(timer);
          freed();
        });
    });
    this.inFlight--;
    this.tellSlotWaiters();
  }

  private async allRunsEnded(): Promise<void> {
    while (this.inFlight > 0) await this.slotFreed();
  }

  /** The next time that a run ends. */
  private slotFreed(): Promise<void> {
    return new Promise((resolve) => this.slotWaiters.push(resolve));
  }

  private tellSlotWaiters(): void {
    for (const tell of this.slotWaiters.splice(0)) tell();
  }

  private async execute(job: ClaimedJob, signal: AbortSignal): Promise<Outcome> {
    const { id, handler, attempt, createdAt } = job;
    let outcome: Outcome;
    try {
      if (attempt > handler.maxAttempts) throw new Park('no worker came back from the last attempt');
      await handler.run(parsePayload(job.payload), { id, attempt, createdAt, signal });
      outcome = { kind: 'done' };
    } catch (error) {
      outcome = outcomeOfFailure(error, handler, attempt, this.clock.now());
    }
    this.report(job, outcome);
    return outcome;
  }

  private report({ id, kind, attempt, handler }: ClaimedJob, outcome: Outcome): void {
    const facts = { kind, id, attempt, of: handler.maxAttempts };
    if (outcome.kind === 'done') this.log.debug('job.done', facts);
    else if (outcome.kind === 'park') this.log.error('job.parked', { ...facts, error: outcome.error });
    else this.log.warn('job.failed', { ...facts, error: outcome.error, next_run_ms: outcome.runAt });
  }
}

function parsePayload(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Park('the payload is not JSON');
  }
}
