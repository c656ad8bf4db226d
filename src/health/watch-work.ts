import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Jobs } from '../platform/jobs/jobs.js';
import { Metrics } from '../platform/metrics.js';
import type { Counts } from '../platform/series.js';
import { Scheduler } from '../scheduler/index.js';

/** Of runs of a job; a deferred one has not failed, its time has not come. */
const OF_JOBS = { done: 'done', defer: 'deferred', retry: 'failed', park: 'parked' } as const;
const OF_TASKS = ['done', 'failed', 'timed-out'] as const;

/** Counts runs of jobs and of scheduled tasks. */
@Injectable()
export class WatchWork implements OnModuleInit {
  private readonly runs: Counts;

  constructor(
    metrics: Metrics,
    private readonly jobs: Jobs,
    private readonly scheduler: Scheduler,
  ) {
    this.runs = metrics.counts({
      name: 'masking_jobs_total',
      help: 'Runs of jobs and of scheduled tasks that ended, by kind or name: done, deferred, failed (tried again), parked (given up), timed-out.',
      labels: ['job', 'outcome'],
    });
  }

  onModuleInit(): void {
    this.jobs.onRun((kind, outcome) => this.runs.of(kind, OF_JOBS[outcome]).add());
    this.scheduler.onRun((task, outcome) => this.runs.of(task, outcome).add());
  }

  /** Once all have said what they handle. */
  expectAll(): void {
    for (const kind of this.jobs.kinds) for (const outcome of Object.values(OF_JOBS)) this.runs.of(kind, outcome);
    for (const { name } of this.scheduler.table) for (const outcome of OF_TASKS) this.runs.of(name, outcome);
  }
}
