import { setImmediate, setTimeout } from 'node:timers/promises';
import type { Clock } from '../clock.js';
import type { Database } from '../database/database.js';
import type { Log } from '../logging/logger.js';
import { settleJobs, type ParkListener, type Settlement } from './settle-jobs.js';

const RETRY_MS = 250;

interface Pending extends Settlement {
  settled: () => void;
}

/**
 * Writes the ends of runs, all that came in during one commit by the next: one transaction a job would pay a disk flush for each.
 * While the database is away an end is kept and tried again until its lease is over; after that somebody else runs the job.
 */
export class Settlements {
  private pending: Pending[] = [];
  private isWriting = false;
  private isClosed = false;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly log: Log,
    /** Called when a job whose end was written is due again at once. */
    private readonly workCame: () => void,
    private readonly onParked: ParkListener,
  ) {}

  /** Resolves when the end is written, or can no longer be. */
  add(settlement: Settlement): Promise<void> {
    return new Promise((settled) => {
      this.pending.push({ ...settlement, settled });
      if (!this.isWriting) void this.writeAll();
    });
  }

  /** From here on a failed write is not repeated. */
  close(): void {
    this.isClosed = true;
  }

  private async writeAll(): Promise<void> {
    this.isWriting = true;
    while (this.pending.length > 0) {
      // Runs that end in the same turn of the event loop share the commit.
      await setImmediate();
      const batch = this.pending;
      this.pending = [];
      try {
        if (await settleJobs(this.database, batch, this.clock.now(), this.onParked)) this.workCame();
        for (const { settled } of batch) settled();
      } catch (error) {
        await this.keepWhatIsStillOurs(batch, error);
      }
    }
    this.isWriting = false;
  }

  private async keepWhatIsStillOurs(batch: Pending[], error: unknown): Promise<void> {
    this.log.error('jobs.settle-failed', { jobs: batch.length, error });
    if (!this.isClosed) await setTimeout(RETRY_MS);
    const now = this.clock.now();
    for (const pending of batch) {
      if (this.isClosed || pending.job.leaseEndsAt <= now) pending.settled();
      else this.pending.push(pending);
    }
  }
}
