import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/index.js';
import { TextsModule } from '../texts/index.js';
import { BillingStatsModule } from '../billing-stats/index.js';
import { CallbacksModule } from '../callbacks/index.js';
import { CallRoutingModule } from '../call-routing/index.js';
import { RecordingModule } from '../recording/index.js';
import { ForgetEndedSessions } from './forget-ended-sessions.js';
import { ForgetStrangers } from './forget-strangers.js';

@Module({
  imports: [AccountsModule, CallRoutingModule, RecordingModule, BillingStatsModule, CallbacksModule, TextsModule],
  providers: [ForgetEndedSessions, ForgetStrangers],
  exports: [ForgetEndedSessions, ForgetStrangers],
})
export class RetentionModule {}
