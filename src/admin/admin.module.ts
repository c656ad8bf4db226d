import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/index.js';
import { CallRoutingModule } from '../call-routing/index.js';
import { NumberPoolModule } from '../number-pool/index.js';
import { SessionsModule } from '../sessions/index.js';
import { AccountSettingsController } from './account-settings.controller.js';
import { AccountsController } from './accounts.controller.js';
import { AdminSessionsController } from './admin-sessions.controller.js';
import { AdminGuard } from './admin.guard.js';
import { AuditController } from './audit.controller.js';
import { Audit } from './audit.js';
import { CallsController } from './calls.controller.js';
import { NumbersController } from './numbers.controller.js';
import { PoolController } from './pool.controller.js';
import { RouteController } from './route.controller.js';
import { TokensController } from './tokens.controller.js';

@Module({
  imports: [AccountsModule, NumberPoolModule, SessionsModule, CallRoutingModule],
  controllers: [
    AccountsController,
    AccountSettingsController,
    TokensController,
    NumbersController,
    PoolController,
    AdminSessionsController,
    CallsController,
    RouteController,
    AuditController,
  ],
  providers: [AdminGuard, Audit],
})
export class AdminModule {}
