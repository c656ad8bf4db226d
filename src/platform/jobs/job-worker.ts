import type { Clock } from '../clock.js';
import type { Database } from '../database/database.js';
import { isDatabaseOutage } from '../database/outage.js';
import type { Log } from '../logging/logger.js';
import { claimDueJobs, type Claim, type ClaimedJob } from './claim-due-jobs.js';
import { SpanKind, spanned } from '../tracing/spans.js';
import { within } from '../within.js';
import { outcomeOfFailure, Park } from './job-failure.js';
import type { Handler, LaneOptions } from './job-handler.js';
import { Lanes } from './lanes.js';
import { parsePayload } from './payload.js';
import type { Outcome, ParkListener, RunListener } from './settle-jobs.js';
import { Settlements } from './settlements.js';
import type { Turns } from './turns.js';
import { WakeUp } from './wake-up.js';

const MAX_IN_FLIGHT = 32;
const NOTHING: Claim = { jobs: [], isDrained: true, isLaneFull: false };

interface WorkerGround {
  database: Database;
  clock: Clock;
  log: Log;
  handlers: ReadonlyMap<string, Handler>;
  claims: Turns;
  onRun: RunListener;
}

/** Claims jobs and runs them, each under its lease. */
export class JobWorker {
  private inFlight = 0;
  /** What it is at by this machine's own time, and when its lease ends by the clock: a simulator's is moved by hours while a run takes milliseconds. */
  private readonly running = new Map<string, number>();
  private isStopping = false;
  private loop: Promise<void> | null = null;
  private readonly slotWaiters: (() => void)[] = [];
  private endedRuns = 0;
  private readonly workCame = new WakeUp();
  private readonly settlements: Settlements;
  private readonly maxInFlight: number;
  private readonly lanes: Lanes | null;
  private lastDrain: Promise<unknown> = Promise.resolve();

  private readonly database: Database;
  private readonly clock: Clock;
  private readonly log: Log;
  private readonly handlers: ReadonlyMap<string, Handler>;
  private readonly claims: Turns;
  private readonly onRun: RunListener;

  constructor(
    { database, clock, log, handlers, claims, onRun }: WorkerGround,
    lanes: LaneOptions | null,
    onParked: ParkListener,
  ) {
    this.database = database;
    this.clock = clock;
    this.log = log;
    this.handlers = handlers;
    this.claims = claims;
    this.onRun = onRun;
    this.maxInFlight = lanes?.inFlight ?? MAX_IN_FLIGHT;
    this.lanes = lanes && new Lanes(lanes.perLane);
    this.settlements = new Settlements(database, clock, log, () => this.wake(), onParked);
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
      const { endedRuns } = this;
      const { jobs, isDrained } = await this.claimAndBegin();
      runs += jobs.length;
      if (jobs.length > 0 && !isDrained && this.inFlight < this.maxInFlight) continue;
      if (this.inFlight > 0) await this.slotFreed(endedRuns);
      else if (jobs.length === 0) return runs;
    }
  }

  start(pollMs: number): void {
    this.loop ??= this.keepWorking(pollMs);
  }

  /**
   * Claims nothing more and waits up to `maxMs` for the runs in flight. What is not done by then is left behind: its lease ends with
   * the process, and another worker, or this one after its restart, runs it again.
   */
  async stop(maxMs: number): Promise<void> {
    this.isStopping = true;
    this.workCame.call();
    this.tellSlotWaiters();
    await this.loop;

    await within(maxMs, this.allRunsEnded(), () => undefined);
    this.settlements.close();
    if (this.inFlight > 0) this.log.warn('jobs.abandoned', { jobs: this.inFlight });
  }

  private async keepWorking(pollMs: number): Promise<void> {
    while (!this.isStopping) {
      const { endedRuns } = this;
      const { isDrained, isLaneFull } = await this.claimAndBegin().catch((error: unknown) => {
        this.log.error('jobs.claim-failed', { error });
        return NOTHING;
      });
      if (this.inFlight >= this.maxInFlight) await this.slotFreed();
      // Nothing more is due, and a freed slot is a reason to look again only where jobs wait for a place in their lane.
      else if (isDrained) await this.workCame.wait(pollMs, isLaneFull ? this.slotFreed(endedRuns) : undefined);
    }
  }

  /** Never claims more than can begin at once: a claimed job that only waits in memory would use up its lease and an attempt. */
  private claimAndBegin(): Promise<Claim> {
    return this.claims.take(async () => {
      const free = this.maxInFlight - this.inFlight;
      if (free <= 0) return { ...NOTHING, isDrained: false };
      const claim = await claimDueJobs(this.database, this.clock, {
        handlers: this.handlers,
        limit: free,
        lanes: this.lanes,
        running: this.running,
      });
      for (const job of claim.jobs) void this.occupySlot(job);
      return claim;
    });
  }

  /** A run that outlives its lease gives its slot back, so that handlers that hang cannot stop the worker. */
  private async occupySlot(job: ClaimedJob): Promise<void> {
    this.inFlight++;
    this.running.set(job.id, job.leaseEndsAt);
    const lease = new AbortController();
    const end = await new Promise<Outcome['kind']>((freed) => {
      const timer = setTimeout(() => {
        this.log.warn('job.overran', { kind: job.kind, id: job.id, attempt: job.attempt });
        lease.abort();
        freed('retry');
      }, job.handler.leaseMs);
      // A run that hangs must not keep a process alive that has nothing else to do.
      timer.unref();
      void this.execute(job, lease.signal).then(async (outcome) => {
        await this.settlements.add({ job, outcome });
        clearTimeout(timer);
        freed(outcome.kind);
      });
    });
    this.inFlight--;
    this.running.delete(job.id);
    this.endedRuns++;
    if (job.lane !== null && end === 'defer') this.lanes?.release(job.lane);
    else if (job.lane !== null) this.lanes?.leave(job.lane, end !== 'done');
    this.tellSlotWaiters();
  }

  private async allRunsEnded(): Promise<void> {
    while (this.inFlight > 0) await this.slotFreed();
  }

  /** The next time that a run ends, or at once where one has since `endedRuns` was read: a claim leaves out lanes that were full when it began, and takes its time. */
  private slotFreed(endedRuns = this.endedRuns): Promise<void> {
    if (this.endedRuns !== endedRuns) return Promise.resolve();
    return new Promise((resolve) => this.slotWaiters.push(resolve));
  }

  private tellSlotWaiters(): void {
    for (const tell of this.slotWaiters.splice(0)) tell();
  }

  private async execute(job: ClaimedJob, signal: AbortSignal): Promise<Outcome> {
    const { id, handler, attempt, createdAt } = job;
    let outcome: Outcome;
    let cause: unknown;
    try {
      if (attempt > handler.maxAttempts) throw new Park('no worker came back from the last attempt');
      const { payload, within: of } = parsePayload(job.payload);
      const attributes = { 'job.kind': job.kind, 'job.id': id, 'job.attempt': attempt };
      const kind = SpanKind.CONSUMER;
      const run = () => handler.run(payload, { id, attempt, createdAt, signal });
      await spanned(`job ${job.kind}`, attributes, run, of === undefined ? { kind } : { kind, of });
      outcome = { kind: 'done' };
    } catch (error) {
      outcome = outcomeOfFailure(error, handler, attempt, this.clock.now());
      // Whole, so that the log knows it for what every other job meets too.
      if (isDatabaseOutage(error)) cause = error;
    }
    this.report(job, outcome, cause);
    this.onRun(job.kind, outcome.kind);
    return outcome;
  }

  private report({ id, kind, attempt, handler }: ClaimedJob, outcome: Outcome, cause: unknown): void {
    const isLimited = handler.maxAttempts < Number.MAX_SAFE_INTEGER;
    const facts = { kind, id, attempt, ...(isLimited && { of: handler.maxAttempts }) };
    if (outcome.kind === 'done') this.log.debug('job.done', facts);
    else if (outcome.kind === 'defer')
      this.log.debug('job.deferred', { ...facts, reason: outcome.reason, next_run: new Date(outcome.runAt) });
    else if (outcome.kind === 'park') this.log.error('job.parked', { ...facts, error: outcome.error });
    else this.log.warn('job.failed', { ...facts, error: cause ?? outcome.error, next_run: new Date(outcome.runAt) });
  }
}
