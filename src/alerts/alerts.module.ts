import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/index.js';
import { DeliverAlert } from './deliver-alert.js';
import { Notice } from './notice.js';
import { RaiseAlert } from './raise-alert.js';
import { Subscriptions } from './subscriptions.js';

@Module({
  imports: [AccountsModule],
  providers: [DeliverAlert, Notice, RaiseAlert, Subscriptions],
  exports: [Subscriptions],
})
export class AlertsModule {}
