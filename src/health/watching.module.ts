import { Module } from '@nestjs/common';
import { SpendModule } from '../accounts/index.js';
import { BillingStatsModule } from '../billing-stats/index.js';
import { CallRoutingModule } from '../call-routing/index.js';
import { CallbacksModule } from '../callbacks/index.js';
import { NumberPoolModule } from '../number-pool/index.js';
import { SchedulerModule } from '../scheduler/index.js';
import { SessionsModule } from '../sessions/index.js';
import { Committed } from './committed.js';
import { Countries } from './countries.js';
import { HealthModule } from './health.module.js';
import { TakeFigures } from './take-figures.js';
import { WatchCalls } from './watch-calls.js';
import { WatchProcess } from './watch-process.js';
import { WatchSessions } from './watch-sessions.js';
import { WatchWork } from './watch-work.js';

/** What is counted and looked at for operators, of every other module. */
@Module({
  imports: [
    SpendModule,
    NumberPoolModule,
    SessionsModule,
    CallRoutingModule,
    BillingStatsModule,
    CallbacksModule,
    SchedulerModule,
    HealthModule,
  ],
  providers: [Committed, Countries, TakeFigures, WatchCalls, WatchProcess, WatchSessions, WatchWork],
})
export class WatchingModule {}
