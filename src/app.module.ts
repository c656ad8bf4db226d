import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccountsModule, DEMO_AUTH_ID } from './accounts/index.js';
import { AdminModule } from './admin/index.js';
import { AlertsModule } from './alerts/index.js';
import { BillingStatsModule } from './billing-stats/index.js';
import { CallbacksModule } from './callbacks/index.js';
import { CallRoutingModule } from './call-routing/index.js';
import { DoctorModule } from './doctor/index.js';
import { HealthModule, WatchingModule } from './health/index.js';
import { NumberPoolModule } from './number-pool/index.js';
import { PeopleModule } from './people/index.js';
import { PlivoModule } from './plivo/index.js';
import { RecordingModule } from './recording/index.js';
import { RetentionModule } from './retention/index.js';
import { SchedulerModule } from './scheduler/index.js';
import { SessionsModule } from './sessions/index.js';
import { TextMediaModule } from './text-media/index.js';
import { TextsModule } from './texts/index.js';
import { ErrorFilter } from './platform/http/error-filter.js';
import { Log } from './platform/logging/logger.js';
import { PlatformModule, type Ground } from './platform/platform.module.js';
import { DEMO_NUMBERS, KeptAdvance, serviceWebhooks, SimulatorModule } from './simulator/index.js';

/** The modules, in the order in which they may call each other: each one only those above it. */
@Module({})
export class AppModule {
  static register(ground: Ground): DynamicModule {
    return {
      module: AppModule,
      imports: [
        TypeOrmModule.forRootAsync({
          useFactory: () => ({ ...ground.dataSource.options, retryAttempts: 0 }),
          dataSourceFactory: async () => ground.dataSource,
        }),
        ScheduleModule.forRoot(),
        PlatformModule.register(ground),
        AccountsModule,
        PlivoModule,
        NumberPoolModule,
        SessionsModule,
        CallRoutingModule,
        RecordingModule,
        TextMediaModule,
        TextsModule,
        BillingStatsModule,
        CallbacksModule,
        AlertsModule,
        RetentionModule,
        PeopleModule,
        SchedulerModule,
        DoctorModule,
        AdminModule,
        HealthModule,
        WatchingModule,
        ...(ground.config.provider.kind === 'simulator' ? [simulator(ground)] : []),
      ],
      providers: [{ provide: APP_FILTER, inject: [Log], useFactory: (log: Log) => new ErrorFilter(log) }],
    };
  }
}

function simulator({ config, secrets, clock, dataSource }: Ground): DynamicModule {
  const account = config.provider.firstAccount ?? { authId: DEMO_AUTH_ID, authToken: secrets.demoAuthToken ?? '' };
  return SimulatorModule.register({
    ...account,
    ...serviceWebhooks(config.http.publicUrl, account.authId, config.plivo.urlFragments),
    publicUrl: config.http.publicUrl,
    mediaUrl: `http://127.0.0.1:${config.http.port}/simulator/media`,
    clock,
    numbers: DEMO_NUMBERS,
    isDemo: config.provider.firstAccount === null,
    keptAdvance: new KeptAdvance(config.dataDir),
    takeDatabaseAway: (milliseconds) => dataSource.goAway(milliseconds),
  });
}
