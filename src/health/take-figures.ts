import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ReadSpendRatio } from '../accounts/index.js';
import { differencesIn, Recount } from '../billing-stats/index.js';
import { CountActiveCalls } from '../call-routing/index.js';
import { ReadBacklog } from '../callbacks/index.js';
import { PoolFigures } from '../number-pool/index.js';
import { Clock } from '../platform/clock.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { Metrics } from '../platform/metrics.js';
import { Scheduler } from '../scheduler/index.js';
import { Figures } from './figures.js';

const EVERY_SECONDS = 15;
/** After three looks that did not come, whoever took the last one shows its figures no more: another process has them, or nobody. */
const TRUE_FOR_MS = 3 * EVERY_SECONDS * 1000;

/**
 * Takes what only the database knows, in one process at a time, and keeps it in memory: a scrape costs no statement, and shows the last figures, or none, while
 * the database is away. Everything is read from sums that others keep or by an index; with a million live sessions that is what `GET /admin/pool` reads.
 */
@Injectable()
export class TakeFigures implements OnModuleInit {
  private readonly figures: Figures;

  constructor(
    metrics: Metrics,
    private readonly clock: Clock,
    private readonly jobs: Jobs,
    private readonly scheduler: Scheduler,
    private readonly pools: PoolFigures,
    private readonly backlog: ReadBacklog,
    private readonly calls: CountActiveCalls,
    private readonly spendRatio: ReadSpendRatio,
    private readonly recount: Recount,
  ) {
    this.figures = new Figures(metrics);
  }

  onModuleInit(): void {
    this.scheduler.add({
      name: 'metrics.take',
      everySeconds: EVERY_SECONDS,
      timeoutSeconds: EVERY_SECONDS,
      scope: 'one-process',
      run: () => this.run(),
    });
  }

  async run(): Promise<void> {
    const now = this.clock.now();
    const { items } = await this.pools.run({});
    const { oldestAt, pausedReceivers } = await this.backlog.run();
    const { dueSince, parked } = await this.jobs.backlog();
    const active = await this.calls.run();
    const spendRatio = await this.spendRatio.run();
    const recountDifferences = differencesIn(await this.recount.last());
    const successes = await this.scheduler.lastSuccesses();

    const since = (instant: number | null): number => (instant === null ? 0 : Math.max(0, now - instant) / 1000);
    this.figures.showPools(items, TRUE_FOR_MS);
    this.figures.showTasks(
      this.scheduler.table.filter(({ scope }) => scope === 'one-process'),
      successes,
      TRUE_FOR_MS,
    );
    this.figures.show(
      {
        callsActive: active,
        callbacksOldest: since(oldestAt),
        receiversPaused: pausedReceivers,
        jobsOldest: since(dueSince),
        jobsParked: parked,
        spendRatio,
        recountDifferences,
      },
      TRUE_FOR_MS,
    );
  }
}
