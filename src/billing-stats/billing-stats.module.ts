import { Module } from '@nestjs/common';
import { AccountsModule, SpendModule } from '../accounts/index.js';
import { CallRoutingModule } from '../call-routing/index.js';
import { SessionsModule } from '../sessions/index.js';
import { CallResourceController } from './call-resource.controller.js';
import { TextsModule } from '../texts/index.js';
import { TextResourceController } from './text-resource.controller.js';
import { ReadTextMoney } from './read-text-money.js';
import { CompareInvoice } from './compare-invoice.js';
import { CountCall } from './count-call.js';
import { CountSession } from './count-session.js';
import { CountText } from './count-text.js';
import { ForgetFigures } from './forget-figures.js';
import { KeepNumberFacts } from './keep-number-facts.js';
import { ReadNumberHealth } from './read-number-health.js';
import { ReadCallMoney } from './read-call-money.js';
import { ReadStats } from './read-stats.js';
import { Recount } from './recount.js';
import { RecountTexts } from './recount-texts.js';

@Module({
  imports: [AccountsModule, SpendModule, SessionsModule, CallRoutingModule, TextsModule],
  controllers: [CallResourceController, TextResourceController],
  providers: [
    CompareInvoice,
    CountCall,
    CountSession,
    CountText,
    ForgetFigures,
    KeepNumberFacts,
    ReadCallMoney,
    ReadNumberHealth,
    ReadStats,
    ReadTextMoney,
    Recount,
    RecountTexts,
  ],
  exports: [
    CompareInvoice,
    ForgetFigures,
    KeepNumberFacts,
    ReadCallMoney,
    ReadNumberHealth,
    ReadStats,
    ReadTextMoney,
    Recount,
  ],
})
export class BillingStatsModule {}
