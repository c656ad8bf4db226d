import { Module } from '@nestjs/common';
import { AccountsModule, SpendModule } from '../accounts/index.js';
import { BillingStatsModule } from '../billing-stats/index.js';
import { CallbacksModule } from '../callbacks/index.js';
import { CallRoutingModule } from '../call-routing/index.js';
import { NumberPoolModule } from '../number-pool/index.js';
import { RecordingModule } from '../recording/index.js';
import { SessionsModule } from '../sessions/index.js';
import { AccountSettingsController } from './account-settings.controller.js';
import { AccountsController } from './accounts.controller.js';
import { AdminSessionsController } from './admin-sessions.controller.js';
import { AdminGuard } from './admin.guard.js';
import { AuditController } from './audit.controller.js';
import { Audit } from './audit.js';
import { CallbacksController } from './callbacks.controller.js';
import { CallsController } from './calls.controller.js';
import { JobsController } from './jobs.controller.js';
import { NumbersController } from './numbers.controller.js';
import { PoolController } from './pool.controller.js';
import { ReceiversController } from './receivers.controller.js';
import { RecordingsController } from './recordings.controller.js';
import { RouteController } from './route.controller.js';
import { SpendController } from './spend.controller.js';
import { StatsController } from './stats.controller.js';
import { TokensController } from './tokens.controller.js';

@Module({
  imports: [
    AccountsModule,
    SpendModule,
    NumberPoolModule,
    SessionsModule,
    CallRoutingModule,
    RecordingModule,
    BillingStatsModule,
    CallbacksModule,
  ],
  controllers: [
    AccountsController,
    AccountSettingsController,
    TokensController,
    JobsController,
    NumbersController,
    PoolController,
    AdminSessionsController,
    CallbacksController,
    CallsController,
    ReceiversController,
    RecordingsController,
    RouteController,
    SpendController,
    StatsController,
    AuditController,
  ],
  providers: [AdminGuard, Audit],
})
export class AdminModule {}
