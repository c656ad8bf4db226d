import { existsSync } from 'node:fs';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { migrations } from './migrations.js';
import { Account, AccountSetting, ApiToken, Subaccount, SubaccountAtPlivo } from './accounts/account.entity.js';
import { DailyCount, DailyDestination } from './accounts/daily.entity.js';
import { AccountSpend, SpendReservation } from './accounts/spend.entity.js';
import { Subscription, ToldCause } from './alerts/subscription.entity.js';
import { ConsoleLogin } from './admin/access/console-login.entity.js';
import { Operator } from './admin/access/operator.entity.js';
import { AuditChain, AuditEntry } from './admin/audit/audit-entry.entity.js';
import { NumberFact } from './billing-stats/number-fact.entity.js';
import {
  CallStat,
  CallTally,
  ForgottenStat,
  RecountProgress,
  SessionStat,
  StatRecount,
  TextTally,
} from './billing-stats/stat.entity.js';
import { CallRequest } from './call-routing/call-request.entity.js';
import { CallAnswer, CallLeg, MaskedCall } from './call-routing/call.entity.js';
import { PinFailure } from './call-routing/pin/pin-failure.entity.js';
import { PinGate } from './call-routing/pin/pin-gate.entity.js';
import { CallReindex } from './call-routing/read/call-reindex.entity.js';
import { RecordSweep } from './call-routing/records/record-sweep.entity.js';
import { WebhookReceipt } from './call-routing/facts/webhook-receipt.entity.js';
import { Callback, CallbackAttempt, CallbackStream, FailingReceiver } from './callbacks/callback.entity.js';
import { DatabaseMove } from './move/database-move.entity.js';
import { DoubtedListing } from './number-pool/doubted-listing.entity.js';
import { NumberUse, PoolUse } from './number-pool/pool-use.entity.js';
import { PoolPeak } from './number-pool/pool-peak.entity.js';
import { PoolRefusalHour } from './number-pool/pool-refusal.entity.js';
import { TextOptOut } from './number-pool/text-opt-out.entity.js';
import { NumberAssignment, NumberHold, PinAssignment, VirtualNumber } from './number-pool/virtual-number.entity.js';
import { PlivoOutage } from './plivo/plivo-outage.entity.js';
import { RefusedWebhook } from './plivo/refused-webhook.entity.js';
import { Erasure, ErasureRecording } from './people/erasure.entity.js';
import { Recording } from './recording/recording.entity.js';
import { TextMedia } from './text-media/text-media.entity.js';
import { TextNotice } from './texts/text-notice.entity.js';
import { TextForward, TextMessage } from './texts/text.entity.js';
import { ScheduledTask } from './scheduler/scheduled-task.entity.js';
import { Interaction } from './sessions/interaction.entity.js';
import { PartyReindex } from './sessions/party-reindex.entity.js';
import { SessionCount, SessionFold } from './sessions/session-count.entity.js';
import { MaskingSession } from './sessions/session.entity.js';
import type { Config } from './platform/settings/config.js';
import { IdempotencyKey } from './platform/http/idempotency-key.entity.js';
import { Job } from './platform/jobs/job.entity.js';
import { ProcessRow } from './platform/processes/process.entity.js';
import { KeyCheck } from './platform/crypto/key-check.entity.js';
import { SearchKey } from './platform/crypto/search-key.entity.js';
import { Connections } from './platform/database/connections.js';
import { keepPrivate } from './platform/database/private-files.js';
import { tlsOf } from './platform/settings/database-tls.js';
import { sqliteDriver } from './platform/database/sqlite-driver.js';
import { isNodeOfCluster, setSessionDefaults } from './platform/database/server-session.js';

const entities = [
  KeyCheck,
  SearchKey,
  Job,
  ProcessRow,
  ScheduledTask,
  IdempotencyKey,
  Account,
  Subaccount,
  SubaccountAtPlivo,
  ApiToken,
  AccountSetting,
  VirtualNumber,
  NumberAssignment,
  PinAssignment,
  NumberHold,
  DoubtedListing,
  TextOptOut,
  MaskingSession,
  PartyReindex,
  SessionFold,
  SessionCount,
  Interaction,
  MaskedCall,
  CallLeg,
  CallAnswer,
  PinFailure,
  PinGate,
  CallRequest,
  CallReindex,
  WebhookReceipt,
  TextMessage,
  TextForward,
  TextNotice,
  TextMedia,
  RefusedWebhook,
  Callback,
  CallbackAttempt,
  CallbackStream,
  FailingReceiver,
  PoolRefusalHour,
  NumberUse,
  PoolUse,
  PoolPeak,
  PlivoOutage,
  Subscription,
  ToldCause,
  Operator,
  ConsoleLogin,
  AuditEntry,
  AuditChain,
  Recording,
  CallTally,
  TextTally,
  CallStat,
  SessionStat,
  ForgottenStat,
  StatRecount,
  RecountProgress,
  NumberFact,
  AccountSpend,
  SpendReservation,
  DailyCount,
  DailyDestination,
  RecordSweep,
  Erasure,
  ErasureRecording,
  DatabaseMove,
];

/** For reads; transactions have connections of their own (platform/database/mysql-transactions.ts). Past 8 no gain was measured on two cores. */
const MYSQL_CONNECTIONS = 8;

const MIGRATION_TABLE = 'migration';

export function dataSourceOptions(database: Config['database']): DataSourceOptions {
  const common = {
    entities,
    migrations,
    migrationsTableName: MIGRATION_TABLE,
    synchronize: false,
    logging: false,
  } as const;
  if (database.kind === 'sqlite') {
    return {
      ...common,
      type: 'better-sqlite3',
      driver: sqliteDriver(),
      database: database.file,
      statementCacheSize: 200,
      prepareDatabase: (connection: { pragma(text: string): void }) => {
        connection.pragma('journal_mode = WAL');
        // A commit is on the disk before it is acknowledged.
        connection.pragma('synchronous = FULL');
        connection.pragma('busy_timeout = 5000');
        // What is deleted is overwritten: numbers and their indexes of erased people are in no free page of the file (docs/privacy.md).
        connection.pragma('secure_delete = ON');
      },
    };
  }
  return {
    ...common,
    // The schema comparison of TypeORM needs to know MariaDB from MySQL; nothing else here does.
    type: database.url.startsWith('mariadb:') ? 'mariadb' : 'mysql',
    url: database.url.split('?', 1)[0] ?? '',
    ...tlsOf(database.url),
    charset: 'utf8mb4',
    timezone: 'Z',
    supportBigNumbers: true,
    bigNumberStrings: false,
    connectTimeout: 5000,
    poolSize: MYSQL_CONNECTIONS,
    // Prepared statements kept per connection; a server has room for 16,382 of all its clients.
    extra: { maxPreparedStatements: 200 },
  };
}

/** Opens the database; nothing is migrated yet. */
export async function openDatabase(database: Config['database']): Promise<Connections> {
  if (database.kind === 'sqlite' && database.file !== ':memory:') keepPrivate(database.file);
  const dataSource = new Connections(dataSourceOptions(database));
  await dataSource.initialize();
  if (database.kind === 'mysql') {
    await setSessionDefaults(dataSource);
    dataSource.isCluster = await isNodeOfCluster(dataSource);
  }
  return dataSource;
}

/** Opens the database to look at it: nothing is made, migrated or changed. Null where there is no such file of SQLite. */
export async function openForReading(database: Config['database']): Promise<Connections | null> {
  if (database.kind === 'mysql') return openDatabase(database);
  if (database.file === ':memory:' || !existsSync(database.file)) return null;
  const readOnly = {
    prepareDatabase: (connection: { pragma(text: string): void }) => {
      connection.pragma('query_only = ON');
      connection.pragma('busy_timeout = 5000');
    },
  };
  const dataSource = new Connections({ ...dataSourceOptions(database), ...readOnly } as DataSourceOptions);
  await dataSource.initialize();
  return dataSource;
}

/**
 * Whether migrations are pending. Changes nothing: TypeORM's own question makes the table it reads, and two processes that start together then both
 * try to.
 */
export async function isBehind(dataSource: DataSource): Promise<boolean> {
  const runner = dataSource.createQueryRunner();
  try {
    if (!(await runner.hasTable(MIGRATION_TABLE))) return true;
    const rows = (await runner.query(`SELECT name FROM ${MIGRATION_TABLE}`)) as { name: string }[];
    const done = new Set(rows.map(({ name }) => name));
    return dataSource.migrations.some(({ name, constructor }) => !done.has(name ?? constructor.name));
  } finally {
    await runner.release();
  }
}

/**
 * Brings the schema up to date. Two processes that start together run the migrations once: MySQL through a named lock, SQLite inside one
 * exclusive transaction.
 */
export async function migrate(dataSource: DataSource): Promise<void> {
  if (dataSource.options.type === 'better-sqlite3') {
    await dataSource.query('BEGIN EXCLUSIVE');
    try {
      await dataSource.runMigrations({ transaction: 'none' });
      await dataSource.query('COMMIT');
    } catch (error) {
      await dataSource.query('ROLLBACK');
      throw error;
    }
    return;
  }
  const runner = dataSource.createQueryRunner();
  try {
    // Named after the database, because a server-wide lock would make unrelated installations on one server wait for each other.
    const [row] = (await runner.query("SELECT GET_LOCK(CONCAT('masking:', SHA1(DATABASE())), 60) AS got")) as {
      got: unknown;
    }[];
    if (Number(row?.got) !== 1) throw new Error('another process has been migrating this database for over 60 s');
    await dataSource.runMigrations({ transaction: 'none' });
  } finally {
    await runner.query("SELECT RELEASE_LOCK(CONCAT('masking:', SHA1(DATABASE())))").catch(() => undefined);
    await runner.release();
  }
}
