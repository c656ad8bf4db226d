import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/index.js';
import { NumberPoolModule } from '../number-pool/index.js';
import { AccountSettingsController } from './account-settings.controller.js';
import { AccountsController } from './accounts.controller.js';
import { AdminGuard } from './admin.guard.js';
import { AuditController } from './audit.controller.js';
import { Audit } from './audit.js';
import { NumbersController } from './numbers.controller.js';
import { PoolController } from './pool.controller.js';
import { TokensController } from './tokens.controller.js';

@Module({
  imports: [AccountsModule, NumberPoolModule],
  controllers: [
    AccountsController,
    AccountSettingsController,
    TokensController,
    NumbersController,
    PoolController,
    AuditController,
  ],
  providers: [AdminGuard, Audit],
})
export class AdminModule {}
