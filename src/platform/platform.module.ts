import { type DynamicModule, Global, Module } from '@nestjs/common';
import { Clock } from './clock.js';
import { Config } from './settings/config.js';
import { Crypto } from './crypto/crypto.js';
import { Secrets } from './settings/data-folder.js';
import type { Connections } from './database/connections.js';
import { Database } from './database/database.js';
import { Events } from './events/events.js';
import { ForgetAnswers } from './http/forget-answers.js';
import { OperatorsListener } from './http/operators-listener.js';
import { Idempotency } from './http/idempotency.js';
import { PurgeIdempotencyKeys } from './http/purge-idempotency-keys.js';
import { WrongCredentials } from './http/wrong-credentials.js';
import { Jobs } from './jobs/jobs.js';
import { Log } from './logging/logger.js';
import { LoopLag } from './loop-lag.js';
import { Metrics } from './metrics.js';
import { Processes } from './processes/processes.js';
import { Outgoing } from './outgoing/outgoing.js';

/** What exists before the modules do: made by main.ts, or by a test. */
export interface Ground {
  config: Config;
  secrets: Secrets;
  log: Log;
  clock: Clock;
  dataSource: Connections;
}

/** What every module may use. */
@Global()
@Module({})
export class PlatformModule {
  static register({ config, secrets, log, clock, dataSource }: Ground): DynamicModule {
    return {
      module: PlatformModule,
      providers: [
        { provide: Config, useValue: config },
        { provide: Secrets, useValue: secrets },
        { provide: Log, useValue: log },
        { provide: Clock, useValue: clock },
        { provide: Crypto, useValue: new Crypto(secrets.encryptionKeys) },
        { provide: Database, useFactory: () => new Database(dataSource) },
        Events,
        Jobs,
        Idempotency,
        LoopLag,
        Metrics,
        OperatorsListener,
        Processes,
        WrongCredentials,
        { provide: Outgoing, useFactory: () => new Outgoing(clock, config.callbacks) },
        PurgeIdempotencyKeys,
        ForgetAnswers,
      ],
      exports: [
        Config,
        Secrets,
        Log,
        Clock,
        Crypto,
        Database,
        Events,
        Jobs,
        Idempotency,
        LoopLag,
        Metrics,
        OperatorsListener,
        Processes,
        WrongCredentials,
        Outgoing,
        PurgeIdempotencyKeys,
        ForgetAnswers,
      ],
    };
  }
}
