import { Module } from '@nestjs/common';
import { AccountsModule, SpendModule } from '../accounts/index.js';
import { CallRoutingModule } from '../call-routing/index.js';
import { SessionsModule } from '../sessions/index.js';
import { CallResourceController } from './call-resource.controller.js';
import { CompareInvoice } from './compare-invoice.js';
import { CountCall } from './count-call.js';
import { CountSession } from './count-session.js';
import { ForgetFigures } from './forget-figures.js';
import { KeepNumberFacts } from './keep-number-facts.js';
import { ReadNumberHealth } from './read-number-health.js';
import { ReadCallMoney } from './read-call-money.js';
import { ReadStats } from './read-stats.js';
import { Recount } from './recount.js';

@Module({
  imports: [AccountsModule, SpendModule, SessionsModule, CallRoutingModule],
  controllers: [CallResourceController],
  providers: [
    CompareInvoice,
    CountCall,
    CountSession,
    ForgetFigures,
    KeepNumberFacts,
    ReadCallMoney,
    ReadNumberHealth,
    ReadStats,
    Recount,
  ],
  exports: [CompareInvoice, ForgetFigures, KeepNumberFacts, ReadCallMoney, ReadNumberHealth, ReadStats, Recount],
})
export class BillingStatsModule {}
