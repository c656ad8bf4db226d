import { Module } from '@nestjs/common';
import { AccountsModule, SpendModule } from '../accounts/index.js';
import { TextsModule } from '../texts/index.js';
import { EraseTexts } from './erase-texts.js';
import { BillingStatsModule } from '../billing-stats/index.js';
import { CallbacksModule } from '../callbacks/index.js';
import { CallRoutingModule } from '../call-routing/index.js';
import { PlivoModule } from '../plivo/index.js';
import { RecordingModule } from '../recording/index.js';
import { SessionsModule } from '../sessions/index.js';
import { CarryOutErasure } from './carry-out-erasure.js';
import { EraseCallsElsewhere } from './erase-calls-elsewhere.js';
import { EraseSessions } from './erase-sessions.js';
import { EraseTraces } from './erase-traces.js';
import { EraseUrls } from './erase-urls.js';
import { ErasureProgress } from './erasure-progress.js';
import { ExportPerson } from './export-person.js';
import { FindPerson } from './find-person.js';
import { OrderErasure } from './order-erasure.js';
import { ReleasePlaces } from './release-places.js';

@Module({
  imports: [
    AccountsModule,
    SpendModule,
    PlivoModule,
    SessionsModule,
    CallRoutingModule,
    RecordingModule,
    BillingStatsModule,
    TextsModule,
    CallbacksModule,
  ],
  providers: [
    CarryOutErasure,
    EraseCallsElsewhere,
    EraseSessions,
    EraseTexts,
    EraseTraces,
    EraseUrls,
    ErasureProgress,
    ExportPerson,
    FindPerson,
    OrderErasure,
    ReleasePlaces,
  ],
  exports: [ExportPerson, FindPerson, OrderErasure],
})
export class PeopleModule {}
