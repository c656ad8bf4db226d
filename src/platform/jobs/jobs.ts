import { Injectable } from '@nestjs/common';
import { Clock, DAY_MS } from '../clock.js';
import { Config } from '../settings/config.js';
import { Database, type Tx } from '../database/database.js';
import { Log } from '../logging/logger.js';
import { enqueueJob } from './enqueue-job.js';
import { enqueueJobs } from './enqueue-jobs.js';
import { defaultRetryDelaySeconds } from './job-failure.js';
import type { Handler, HandlerOptions, LaneOptions, RunJob } from './job-handler.js';
import { JobWorker } from './job-worker.js';
import { releaseJobs } from './release-jobs.js';
import type { ParkListener, RunListener } from './settle-jobs.js';
import { Turns } from './turns.js';
import {
  type Backlog,
  type JobQuery,
  findJob,
  listJobs,
  overdueForeignKinds,
  purgeParkedJobs,
  readBacklog,
  retryJob,
  type StoredJob,
} from './stored-jobs.js';

export { Defer, Park, RetryLater } from './job-failure.js';
export type { JobState, StoredJob } from './stored-jobs.js';

const MAX_KIND = 40;
const MAX_KEY = 100;
const DEFAULT_MAX_ATTEMPTS = 10;
/** At the most: they name sessions by their ids, and are kept no longer than those. */
const PARKED_KEPT_DAYS = 30;

/**
 * Durable work: everything slow or foreign. A job is a row of the transaction that wants it, is run at least once after that commits,
 * is repeated with growing delay when it fails, and is parked for a person to look at when it keeps failing.
 */
@Injectable()
export class Jobs {
  private readonly handlers = new Map<string, Handler>();
  private readonly reportedKinds = new Set<string>();
  private readonly shared = new Map<string, Handler>();
  /** The worker of the kinds without lanes, and one for each kind with them. */
  private readonly workers: JobWorker[];
  private readonly claims = new Turns();
  private readonly parkListeners: ParkListener[] = [];
  private readonly runListeners: RunListener[] = [];
  /** Transactions with work that is due as soon as they are committed. */
  private readonly announced = new WeakSet<Tx>();

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly log: Log,
  ) {
    this.workers = [this.newWorker(this.shared, null)];
    database.onCommit((tx) => this.wakeFor(tx));
  }

  /** Names who runs jobs of this kind; called in `onModuleInit`. Kinds are stored in rows: renaming one takes a migration. */
  handle<P>(kind: string, options: HandlerOptions, run: RunJob<P>): void {
    if (this.handlers.has(kind)) throw new Error(`jobs of kind ${kind} are handled twice`);
    if (kind.length > MAX_KIND) throw new Error(`expected a job kind of at most ${MAX_KIND} characters, got ${kind}`);
    const { lanes = null } = options;
    const handler = {
      leaseMs: options.leaseSeconds * 1000,
      maxAttempts: options.maxAttempts ?? DEFAULT_MAX_ATTEMPTS,
      retryDelaySeconds: options.retryDelaySeconds ?? defaultRetryDelaySeconds,
      lanes,
      run: run as RunJob<unknown>,
    };
    this.handlers.set(kind, handler);
    if (lanes === null) this.shared.set(kind, handler);
    else this.workers.push(this.newWorker(new Map([[kind, handler]]), lanes));
  }

  /**
   * Adds a job to the transaction; it runs when that has committed. With a key that a waiting or running job has, nothing is added and the
   * answer is false; a running one starts once more when it ends, so a change committed with the second request is never overlooked.
   * `sooner`: a waiting job of the same key is brought forward to this one's time. The payload survives JSON and holds ids, never personal data.
   */
  async enqueue(
    tx: Tx,
    kind: string,
    payload: unknown,
    when: { runAt?: number; key?: string; lane?: string; sooner?: boolean } = {},
  ): Promise<boolean> {
    const { key = null, lane = null, sooner: isSooner = false, runAt } = when;
    if (key !== null && key.length > MAX_KEY)
      throw new Error(`expected a key of at most ${MAX_KEY} characters for ${kind}`);
    const now = this.clock.now();
    if (runAt === undefined || runAt <= now) this.announced.add(tx);
    return enqueueJob(tx, this.database, { kind, payload, key, lane, isSooner, runAt: runAt ?? now, createdAt: now });
  }

  /** As `enqueue` for each of many jobs that are due now; no two may have the same key. */
  async enqueueAll(
    tx: Tx,
    kind: string,
    wanted: readonly { payload: unknown; key: string; lane: string | null }[],
  ): Promise<void> {
    if (wanted.length === 0) return;
    const now = this.clock.now();
    this.announced.add(tx);
    await enqueueJobs(
      tx,
      this.database,
      wanted.map((job) => ({ kind, ...job, runAt: now, createdAt: now })),
    );
  }

  /** Runs what is due, and what becomes due meanwhile, until nothing is; returns the number of runs. */
  async runDue(): Promise<number> {
    let total = 0;
    for (;;) {
      let runs = 0;
      for (const worker of this.workers) runs += await worker.runDue();
      if (runs === 0) return total;
      total += runs;
    }
  }

  start(): void {
    for (const worker of this.workers) worker.start(this.config.jobs.pollMs);
  }

  async stop(maxMs: number): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.stop(maxMs)));
  }

  /** Makes due what a process that is gone has leased, or what anybody has with null. */
  async release(tx: Tx, holder: string | null): Promise<void> {
    await releaseJobs(tx, this.database, { holder, now: this.clock.now() });
  }

  /** For work that no commit of this process has announced. */
  lookAgain(): void {
    for (const worker of this.workers) worker.wake();
  }

  list(query: JobQuery): Promise<StoredJob[]> {
    return listJobs(this.database, query, this.clock.now());
  }

  /** How far behind the work is, for whoever watches. */
  backlog(): Promise<Backlog> {
    return readBacklog(this.database, this.clock.now());
  }

  /** Null for one that is done, or was never there. */
  find(id: string): Promise<StoredJob | null> {
    return findJob(this.database, id, this.clock.now());
  }

  async retry(tx: Tx, id: string): Promise<void> {
    this.announced.add(tx);
    await retryJob(tx, this.database, id, this.clock.now());
  }

  /** Forgets jobs that were parked more than 30 days ago, or RETENTION_DAYS where that is less; returns how many. */
  purge(): Promise<number> {
    const days = Math.min(PARKED_KEPT_DAYS, this.config.retention.sessionDays);
    return purgeParkedJobs(this.database, this.clock.now() - days * DAY_MS);
  }

  /** Says once of each kind that its jobs wait although this process cannot run them: another role or version may, or nobody does. */
  async reportForeignKinds(): Promise<void> {
    for (const kind of await overdueForeignKinds(this.database, [...this.handlers.keys()], this.clock.now())) {
      if (this.reportedKinds.has(kind)) continue;
      this.reportedKinds.add(kind);
      this.log.warn('job.kind-unknown', { kind });
    }
  }

  /** Calls `listener` in the transaction that parks a job, in the process whose worker gave it up. */
  onParked(listener: ParkListener): void {
    this.parkListeners.push(listener);
  }

  /** Calls `listener` when a run of a job has ended, in the process that ran it. */
  onRun(listener: RunListener): void {
    this.runListeners.push(listener);
  }

  /** That this process runs. */
  get kinds(): string[] {
    return [...this.handlers.keys()];
  }

  private newWorker(handlers: ReadonlyMap<string, Handler>, lanes: LaneOptions | null): JobWorker {
    const { database, clock, log, claims } = this;
    const onRun: RunListener = (kind, outcome) => {
      for (const listener of this.runListeners) listener(kind, outcome);
    };
    return new JobWorker({ database, clock, log, handlers, claims, onRun }, lanes, async (tx, job) => {
      for (const listener of this.parkListeners) await listener(tx, job);
    });
  }

  private wakeFor(tx: Tx): void {
    if (this.announced.has(tx)) for (const worker of this.workers) worker.wake();
  }
}
