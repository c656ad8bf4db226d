import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DailyCaps, Spend } from '../accounts/index.js';
import { KeepNumberFacts, Recount } from '../billing-stats/index.js';
import { PurgeCallbacks } from '../callbacks/index.js';
import { PurgePinLocks, PurgeWebhookReceipts, SweepRecords } from '../call-routing/index.js';
import { EnqueueNumberSync, MeasureNumbers, PurgeStrangers, TakePoolLoad, WatchPool } from '../number-pool/index.js';
import { KeepRecordings } from '../recording/index.js';
import { ForgetEndedSessions, ForgetStrangers } from '../retention/index.js';
import { CountSessions, ExpireDueSessions } from '../sessions/index.js';
import { PriceTexts, PurgeTexts, SweepTexts } from '../texts/index.js';
import { Config } from '../platform/settings/config.js';
import { Database } from '../platform/database/database.js';
import { PurgeIdempotencyKeys } from '../platform/http/purge-idempotency-keys.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { Processes } from '../platform/processes/processes.js';
import { Scheduler } from './scheduler.js';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** What runs when. */
@Injectable()
export class ScheduledTasks implements OnModuleInit {
  constructor(
    private readonly scheduler: Scheduler,
    private readonly config: Config,
    private readonly jobs: Jobs,
    private readonly expireDueSessions: ExpireDueSessions,
    private readonly forgetEndedSessions: ForgetEndedSessions,
    private readonly forgetStrangers: ForgetStrangers,
    private readonly countSessions: CountSessions,
    private readonly enqueueNumberSync: EnqueueNumberSync,
    private readonly measureNumbers: MeasureNumbers,
    private readonly takePoolLoad: TakePoolLoad,
    private readonly watchPool: WatchPool,
    private readonly purgeIdempotencyKeys: PurgeIdempotencyKeys,
    private readonly purgeWebhookReceipts: PurgeWebhookReceipts,
    private readonly purgePinLocks: PurgePinLocks,
    private readonly purgeStrangers: PurgeStrangers,
    private readonly purgeCallbacks: PurgeCallbacks,
    private readonly keepRecordings: KeepRecordings,
    private readonly sweepRecords: SweepRecords,
    private readonly priceTexts: PriceTexts,
    private readonly purgeTexts: PurgeTexts,
    private readonly sweepTexts: SweepTexts,
    private readonly spend: Spend,
    private readonly dailyCaps: DailyCaps,
    private readonly database: Database,
    private readonly recount: Recount,
    private readonly keepNumberFacts: KeepNumberFacts,
    private readonly processes: Processes,
  ) {}

  onModuleInit(): void {
    this.processes.keep(this.scheduler);
    const daily = { everySeconds: DAY, timeoutSeconds: 10 * MINUTE, scope: 'one-process' } as const;
    this.scheduler.add({ name: 'jobs.purge', ...daily, run: () => this.jobs.purge() });
    this.scheduler.add({ name: 'idempotency.purge', ...daily, run: () => this.purgeIdempotencyKeys.run() });
    this.scheduler.add({ name: 'webhook-receipts.purge', ...daily, run: () => this.purgeWebhookReceipts.run() });
    this.scheduler.add({ name: 'callbacks.purge', ...daily, run: () => this.purgeCallbacks.run() });
    const hourly = { ...daily, everySeconds: HOUR };
    this.scheduler.add({ name: 'pin-locks.purge', ...hourly, run: () => this.purgePinLocks.run() });
    this.scheduler.add({ name: 'pin-assignments.purge', ...hourly, run: () => this.purgeStrangers.run() });
    this.scheduler.add({ name: 'numbers.keep-facts', ...hourly, run: () => this.keepNumberFacts.run() });
    this.scheduler.add({ name: 'recordings.keep', ...hourly, run: () => this.keepRecordings.run() });
    this.scheduler.add({
      name: 'billing-stats.recount',
      ...daily,
      run: () => this.database.transaction((tx) => this.recount.enqueue(tx)),
    });
    this.scheduler.add({ name: 'spend.purge', ...daily, run: () => this.spend.purge() });
    this.scheduler.add({ name: 'daily-caps.purge', ...hourly, run: () => this.dailyCaps.purge() });
    // Short runs, one soon after the other: whoever takes over from a process that died has waited a minute at the most.
    const retention = { everySeconds: MINUTE / 2, timeoutSeconds: MINUTE, scope: 'one-process' } as const;
    this.scheduler.add({ name: 'retention.sessions', ...retention, run: () => this.forgetEndedSessions.run() });
    this.scheduler.add({ name: 'retention.strangers', ...retention, run: () => this.forgetStrangers.run() });
    this.scheduler.add({
      name: 'calls.sweep-records',
      everySeconds: 5 * MINUTE,
      timeoutSeconds: 30,
      scope: 'one-process',
      run: () => this.sweepRecords.enqueue(),
    });
    this.scheduler.add({
      name: 'sessions.expire',
      everySeconds: 1,
      timeoutSeconds: 30,
      // Processes share the due sessions row by row, and none waits for another.
      scope: 'each-process',
      run: () => this.expireDueSessions.run(),
    });
    this.addFigures();
    this.addTexts();
    const minutely = { everySeconds: MINUTE, timeoutSeconds: 30, scope: 'each-process' } as const;
    this.scheduler.add({
      name: 'jobs.report-foreign-kinds',
      ...minutely,
      run: () => this.jobs.reportForeignKinds(),
    });
    this.scheduler.add({ name: 'number-pool.measure', ...minutely, run: () => this.measureNumbers.run() });
    if (this.config.provider.syncNumbers) {
      this.scheduler.add({
        name: 'number-pool.sync',
        everySeconds: HOUR,
        timeoutSeconds: 30,
        scope: 'one-process',
        run: () => this.enqueueNumberSync.run(),
      });
    }
  }

  private addTexts(): void {
    const minutely = { everySeconds: MINUTE, timeoutSeconds: 30, scope: 'one-process' } as const;
    this.scheduler.add({ name: 'texts.price', ...minutely, run: () => this.priceTexts.enqueue() });
    this.scheduler.add({
      name: 'texts.sweep',
      ...minutely,
      everySeconds: 2 * MINUTE,
      run: () => this.sweepTexts.enqueue(),
    });
    this.scheduler.add({ name: 'texts.purge', ...minutely, run: () => this.purgeTexts.run() });
  }

  /** What lists and figures are answered from. */
  private addFigures(): void {
    this.scheduler.add({
      name: 'sessions.count',
      // What was created since is counted whenever a list is asked for.
      everySeconds: 15,
      timeoutSeconds: 60,
      scope: 'one-process',
      run: () => this.countSessions.run(),
    });
    this.scheduler.add({
      name: 'number-pool.take-load',
      // With what it takes itself, its figures are at most a minute old.
      everySeconds: 45,
      timeoutSeconds: MINUTE,
      scope: 'one-process',
      run: async () => {
        await this.takePoolLoad.run();
        await this.watchPool.run();
      },
    });
  }
}
