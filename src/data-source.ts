import { DataSource, type DataSourceOptions } from 'typeorm';
import { CreateKeyCheck1763800000001 } from '../migrations/1763800000001-create-key-check.js';
import { CreateJob1763800000002 } from '../migrations/1763800000002-create-job.js';
import { CreateScheduledTask1763800000003 } from '../migrations/1763800000003-create-scheduled-task.js';
import { CreateIdempotencyKey1763800000004 } from '../migrations/1763800000004-create-idempotency-key.js';
import { CreateAccount1763800000005 } from '../migrations/1763800000005-create-account.js';
import { CreateSubaccount1763800000006 } from '../migrations/1763800000006-create-subaccount.js';
import { CreateApiToken1763800000007 } from '../migrations/1763800000007-create-api-token.js';
import { CreateVirtualNumber1763800000008 } from '../migrations/1763800000008-create-virtual-number.js';
import { CreateNumberAssignment1763800000009 } from '../migrations/1763800000009-create-number-assignment.js';
import { CreatePinAssignment1763800000010 } from '../migrations/1763800000010-create-pin-assignment.js';
import { CreateMaskingSession1763800000011 } from '../migrations/1763800000011-create-masking-session.js';
import { CreateMaskedCall1763800000012 } from '../migrations/1763800000012-create-masked-call.js';
import { CreateCallLeg1763800000013 } from '../migrations/1763800000013-create-call-leg.js';
import { CreateWebhookReceipt1763800000014 } from '../migrations/1763800000014-create-webhook-receipt.js';
import { CreateAuditEntry1763800000015 } from '../migrations/1763800000015-create-audit-entry.js';
import { CreateInteraction1763800000016 } from '../migrations/1763800000016-create-interaction.js';
import { CreateAccountSetting1763800000017 } from '../migrations/1763800000017-create-account-setting.js';
import { CreateCallAnswer1763800000018 } from '../migrations/1763800000018-create-call-answer.js';
import { CreatePinFailure1763800000019 } from '../migrations/1763800000019-create-pin-failure.js';
import { CreateCallRequest1763800000020 } from '../migrations/1763800000020-create-call-request.js';
import { AddLaneToJob1763800000021 } from '../migrations/1763800000021-add-lane-to-job.js';
import { AddDialledToMaskedCall1763800000022 } from '../migrations/1763800000022-add-dialled-to-masked-call.js';
import { CreateCallback1763800000023 } from '../migrations/1763800000023-create-callback.js';
import { CreateCallbackAttempt1763800000024 } from '../migrations/1763800000024-create-callback-attempt.js';
import { CreateCallbackStream1763800000025 } from '../migrations/1763800000025-create-callback-stream.js';
import { AddRecordingToInteraction1763800000026 } from '../migrations/1763800000026-add-recording-to-interaction.js';
import { CreateRecording1763800000031 } from '../migrations/1763800000031-create-recording.js';
import { CreateCallTally1763800000041 } from '../migrations/1763800000041-create-call-tally.js';
import { CreateCallStat1763800000042 } from '../migrations/1763800000042-create-call-stat.js';
import { CreateSessionStat1763800000043 } from '../migrations/1763800000043-create-session-stat.js';
import { CreateStatRecount1763800000044 } from '../migrations/1763800000044-create-stat-recount.js';
import { CreateAccountSpend1763800000045 } from '../migrations/1763800000045-create-account-spend.js';
import { CreateSpendReservation1763800000046 } from '../migrations/1763800000046-create-spend-reservation.js';
import { CreateRecordSweep1763800000047 } from '../migrations/1763800000047-create-record-sweep.js';
import { AddCharges1763800000048 } from '../migrations/1763800000048-add-charges.js';
import { CreateFailingReceiver1763800000051 } from '../migrations/1763800000051-create-failing-receiver.js';
import { CreatePoolRefusal1763800000052 } from '../migrations/1763800000052-create-pool-refusal.js';
import { Account, AccountSetting, ApiToken, Subaccount } from './accounts/account.entity.js';
import { AccountSpend, SpendReservation } from './accounts/spend.entity.js';
import { AuditEntry } from './admin/audit-entry.entity.js';
import { CallStat, CallTally, SessionStat, StatRecount } from './billing-stats/stat.entity.js';
import { CallAnswer, CallLeg, CallRequest, MaskedCall, PinFailure } from './call-routing/call.entity.js';
import { RecordSweep } from './call-routing/record-sweep.entity.js';
import { WebhookReceipt } from './call-routing/webhook-receipt.entity.js';
import { Callback, CallbackAttempt, CallbackStream, FailingReceiver } from './callbacks/callback.entity.js';
import { PoolRefusalHour } from './number-pool/pool-refusal.entity.js';
import { NumberAssignment, PinAssignment, VirtualNumber } from './number-pool/virtual-number.entity.js';
import { Recording } from './recording/recording.entity.js';
import { ScheduledTask } from './scheduler/scheduled-task.entity.js';
import { Interaction } from './sessions/interaction.entity.js';
import { MaskingSession } from './sessions/session.entity.js';
import type { Config } from './platform/settings/config.js';
import { IdempotencyKey } from './platform/http/idempotency-key.entity.js';
import { Job } from './platform/jobs/job.entity.js';
import { KeyCheck } from './platform/crypto/key-check.entity.js';
import { sqliteDriver } from './platform/database/sqlite-driver.js';
import { mysqlPool } from './platform/database/statements.js';

const entities = [
  KeyCheck,
  Job,
  ScheduledTask,
  IdempotencyKey,
  Account,
  Subaccount,
  ApiToken,
  AccountSetting,
  VirtualNumber,
  NumberAssignment,
  PinAssignment,
  MaskingSession,
  Interaction,
  MaskedCall,
  CallLeg,
  CallAnswer,
  PinFailure,
  CallRequest,
  WebhookReceipt,
  Callback,
  CallbackAttempt,
  CallbackStream,
  FailingReceiver,
  PoolRefusalHour,
  AuditEntry,
  Recording,
  CallTally,
  CallStat,
  SessionStat,
  StatRecount,
  AccountSpend,
  SpendReservation,
  RecordSweep,
];

const migrations = [
  CreateKeyCheck1763800000001,
  CreateJob1763800000002,
  CreateScheduledTask1763800000003,
  CreateIdempotencyKey1763800000004,
  CreateAccount1763800000005,
  CreateSubaccount1763800000006,
  CreateApiToken1763800000007,
  CreateVirtualNumber1763800000008,
  CreateNumberAssignment1763800000009,
  CreatePinAssignment1763800000010,
  CreateMaskingSession1763800000011,
  CreateMaskedCall1763800000012,
  CreateCallLeg1763800000013,
  CreateWebhookReceipt1763800000014,
  CreateAuditEntry1763800000015,
  CreateInteraction1763800000016,
  CreateAccountSetting1763800000017,
  CreateCallAnswer1763800000018,
  CreatePinFailure1763800000019,
  CreateCallRequest1763800000020,
  AddLaneToJob1763800000021,
  AddDialledToMaskedCall1763800000022,
  CreateCallback1763800000023,
  CreateCallbackAttempt1763800000024,
  CreateCallbackStream1763800000025,
  AddRecordingToInteraction1763800000026,
  CreateRecording1763800000031,
  CreateCallTally1763800000041,
  CreateCallStat1763800000042,
  CreateSessionStat1763800000043,
  CreateStatRecount1763800000044,
  CreateAccountSpend1763800000045,
  CreateSpendReservation1763800000046,
  CreateRecordSweep1763800000047,
  AddCharges1763800000048,
  CreateFailingReceiver1763800000051,
  CreatePoolRefusal1763800000052,
];

/** Past 8 connections no gain was measured on two cores; 16 leaves room for a database elsewhere. */
const MYSQL_CONNECTIONS = 16;

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
      },
    };
  }
  return {
    ...common,
    // The schema comparison of TypeORM needs to know MariaDB from MySQL; nothing else here does.
    type: database.url.startsWith('mariadb:') ? 'mariadb' : 'mysql',
    url: database.url,
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
export async function openDatabase(database: Config['database']): Promise<DataSource> {
  const dataSource = await new DataSource(dataSourceOptions(database)).initialize();
  if (database.kind === 'mysql') await setSessionDefaults(dataSource);
  return dataSource;
}

/**
 * Every connection reads committed rows only and gives up a lock wait after 3 s (the transaction then runs again). Set once per connection,
 * not per transaction: it saves a round trip each.
 */
async function setSessionDefaults(dataSource: DataSource): Promise<void> {
  const statements = [
    'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
    'SET SESSION innodb_lock_wait_timeout = 3',
  ];
  mysqlPool(dataSource).on('connection', (connection) => {
    for (const statement of statements) connection.query(statement);
  });
  // The pool has just one connection yet, made before the listener could be set.
  for (const statement of statements) await dataSource.query(statement);
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
