import { Module } from '@nestjs/common';
import { SpendModule } from '../accounts/index.js';
import { BillingStatsModule } from '../billing-stats/index.js';
import { TextsModule } from '../texts/index.js';
import { CallbacksModule } from '../callbacks/index.js';
import { CallRoutingModule } from '../call-routing/index.js';
import { NumberPoolModule } from '../number-pool/index.js';
import { RecordingModule } from '../recording/index.js';
import { RetentionModule } from '../retention/index.js';
import { SessionsModule } from '../sessions/index.js';
import { ScheduledTasks } from './scheduled-tasks.js';
import { Scheduler } from './scheduler.js';

@Module({
  imports: [
    SpendModule,
    NumberPoolModule,
    SessionsModule,
    CallRoutingModule,
    RecordingModule,
    BillingStatsModule,
    TextsModule,
    CallbacksModule,
    RetentionModule,
  ],
  providers: [Scheduler, ScheduledTasks],
  exports: [Scheduler],
})
export class SchedulerModule {}
