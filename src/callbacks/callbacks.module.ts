import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/index.js';
import { BillingStatsModule } from '../billing-stats/index.js';
import { CallRoutingModule } from '../call-routing/index.js';
import { RecordingModule } from '../recording/index.js';
import { SessionsModule } from '../sessions/index.js';
import { AddCallback } from './add-callback.js';
import { CallbackMetrics } from './callback-metrics.js';
import { CallbackTarget } from './callback-target.js';
import { DeliverCallbacks } from './deliver-callbacks.js';
import { FailingReceivers } from './failing-receivers.js';
import { FindCallbacks } from './find-callbacks.js';
import { FollowCallbacks } from './follow-callbacks.js';
import { ForgetCallbacks } from './forget-callbacks.js';
import { PurgeCallbacks } from './purge-callbacks.js';
import { ReadBacklog } from './read-backlog.js';
import { ReaddressCallbacks } from './readdress-callbacks.js';
import { ReplayCallbacks } from './replay-callbacks.js';
import { TellCalls } from './tell-calls.js';
import { TellRecordings } from './tell-recordings.js';
import { TellTexts } from './tell-texts.js';

@Module({
  imports: [AccountsModule, SessionsModule, CallRoutingModule, RecordingModule, BillingStatsModule],
  providers: [
    AddCallback,
    CallbackMetrics,
    CallbackTarget,
    DeliverCallbacks,
    FailingReceivers,
    FindCallbacks,
    FollowCallbacks,
    ForgetCallbacks,
    PurgeCallbacks,
    ReadBacklog,
    ReaddressCallbacks,
    ReplayCallbacks,
    TellCalls,
    TellRecordings,
    TellTexts,
  ],
  exports: [
    FailingReceivers,
    FindCallbacks,
    FollowCallbacks,
    ForgetCallbacks,
    PurgeCallbacks,
    ReadBacklog,
    ReplayCallbacks,
  ],
})
export class CallbacksModule {}
