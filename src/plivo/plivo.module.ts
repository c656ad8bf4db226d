import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/index.js';
import { Config } from '../platform/settings/config.js';
import { PlivoClient } from './plivo-client.js';
import { PlivoReach } from './plivo-reach.js';
import { RefusedWebhooks } from './refused-webhooks.js';
import { PlivoSignatureGuard } from './signature.guard.js';

@Module({
  imports: [AccountsModule],
  providers: [
    PlivoSignatureGuard,
    RefusedWebhooks,
    PlivoReach,
    {
      provide: PlivoClient,
      inject: [Config, PlivoReach],
      // The simulator is a part of this process; it is asked over HTTP all the same.
      useFactory: ({ provider, http }: Config, reach: PlivoReach) =>
        new PlivoClient({
          baseUrl: provider.kind === 'plivo' ? provider.apiUrl : `http://127.0.0.1:${http.port}/simulator`,
          onReach: (authId, isReached) => reach.note(authId, isReached),
        }),
    },
  ],
  exports: [AccountsModule, PlivoSignatureGuard, RefusedWebhooks, PlivoClient],
})
export class PlivoModule {}
