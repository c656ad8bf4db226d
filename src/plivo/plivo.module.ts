import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/index.js';
import { Config } from '../platform/settings/config.js';
import { plivoBase } from './plivo-base.js';
import { PlivoClient } from './plivo-client.js';
import { PlivoMetrics } from './plivo-metrics.js';
import { PlivoReach } from './plivo-reach.js';
import { RefusedWebhooks } from './refused-webhooks.js';
import { PlivoSignatureGuard } from './signature.guard.js';

@Module({
  imports: [AccountsModule],
  providers: [
    PlivoSignatureGuard,
    RefusedWebhooks,
    PlivoReach,
    PlivoMetrics,
    {
      provide: PlivoClient,
      inject: [Config, PlivoReach, PlivoMetrics],
      useFactory: (config: Config, reach: PlivoReach, metrics: PlivoMetrics) =>
        new PlivoClient({
          baseUrl: plivoBase(config),
          onReach: (authId, isReached) => reach.note(authId, isReached),
          onAnswer: (resource, status, seconds) => metrics.answered(resource, status, seconds),
        }),
    },
  ],
  exports: [AccountsModule, PlivoSignatureGuard, RefusedWebhooks, PlivoClient],
})
export class PlivoModule {}
