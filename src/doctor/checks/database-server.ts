import { look, type Patient } from '../patient.js';
import { failed, ok, skipped, warning, type Finding } from '../finding.js';

const AWAY = 'the database does not answer';
/** For transactions, reads and the heartbeat of one process. */
const CONNECTIONS_OF_PROCESS = 33;
const LEAST_PACKET_BYTES = 1024 * 1024;
/** Calls and creates go to a small part of the tables, and to random places of their indexes. */
const MOST_TABLES_PER_POOL = 4;
const MEGABYTE = 1024 * 1024;

/** MySQL 8 or MariaDB 10.6: earlier ones cannot pass over locked rows, which is how jobs are claimed. */
export async function checkDatabaseVersion({ database, config }: Patient): Promise<Finding> {
  if (!database) return skipped(AWAY);
  const sql = database.isSqlite ? 'SELECT sqlite_version() AS version' : 'SELECT VERSION() AS version';
  const [row] = await look(database, (manager) => manager.query<{ version: string }[]>(sql));
  const version = row?.version ?? '';
  if (config.database.kind === 'sqlite') return ok(`SQLite ${version}`);
  const isMariaDb = /mariadb/i.test(version);
  const name = `${isMariaDb ? 'MariaDB' : 'MySQL'} ${version}`;
  if (isMariaDb ? isFrom(10.06, /(\d+)\.(\d+)\.\d+-MariaDB/i, version) : isFrom(8, /^(\d+)\.(\d+)/, version))
    return ok(name);
  return failed(
    name,
    'Jobs are claimed with SKIP LOCKED, which this version does not know: none would run.',
    'Upgrade to MySQL 8 or MariaDB 10.6, or later.',
  );
}

/** `least`: the second part of a version as hundredths. */
function isFrom(least: number, form: RegExp, version: string): boolean {
  const [, major = 0, minor = 0] = (form.exec(version) ?? []).map(Number);
  return major + minor / 100 >= least;
}

const LOOKED_AT = [
  'read_only',
  'innodb_read_only',
  'innodb_flush_log_at_trx_commit',
  'innodb_doublewrite',
  'innodb_buffer_pool_size',
  'max_connections',
  'max_allowed_packet',
  'character_set_database',
  'default_storage_engine',
];

/** What a server is told, as far as this service rests on it. Time zones do not matter: instants are kept as integers. */
export async function checkDatabaseSettings({ database }: Patient): Promise<Finding[]> {
  if (!database) return [skipped(AWAY)];
  if (database.isSqlite) return [await checkSqlite(database)];
  const rows = await look(database, (manager) =>
    manager.query<{ Variable_name: string; Value: string }[]>(
      `SHOW GLOBAL VARIABLES WHERE Variable_name IN (${LOOKED_AT.map((name) => `'${name}'`).join(', ')})`,
    ),
  );
  const [ours] = await look(database, (manager) =>
    manager.query<{ charset: string; bytes: string | null }[]>(
      `SELECT DEFAULT_CHARACTER_SET_NAME AS charset,
        (SELECT SUM(DATA_LENGTH + INDEX_LENGTH) FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()) AS bytes
       FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = DATABASE()`,
    ),
  );
  const values = new Map(rows.map(({ Variable_name: name, Value: value }) => [name, value]));
  values.set('character_set_database', ours?.charset ?? '');
  const found = [
    ...[...values].map(([name, value]) => judge(name, value)),
    judgePool(Number(values.get('innodb_buffer_pool_size')), Number(ours?.bytes)),
  ].filter((finding) => finding !== null);
  return found.length > 0
    ? found
    : [ok(`max_connections ${values.get('max_connections')}, commits are synced, utf8mb4`)];
}

type Judge = (value: string) => [verdict: typeof failed | typeof warning, reason: string, remedy: string] | null;

const isOn = (value: string): boolean => value === 'ON' || value === '1';
const refuses: Judge = (value) =>
  isOn(value)
    ? [
        failed,
        'The server takes no writes: nothing is stored.',
        'Name the primary server in DATABASE_URL, or end its read-only mode.',
      ]
    : null;

const JUDGES: Record<string, Judge> = {
  read_only: refuses,
  innodb_read_only: refuses,
  innodb_flush_log_at_trx_commit: (value) =>
    value === '1'
      ? null
      : [
          warning,
          'A session that was acknowledged may be lost when the machine of the database loses power.',
          'Set innodb_flush_log_at_trx_commit = 1 on the server.',
        ],
  innodb_doublewrite: (value) =>
    isOn(value) || value === 'DETECT_AND_RECOVER'
      ? null
      : [
          warning,
          'A power failure in the middle of a write may damage tables.',
          'Set innodb_doublewrite = ON on the server.',
        ],
  max_connections: (value) =>
    Number(value) >= 2 * CONNECTIONS_OF_PROCESS
      ? null
      : [
          warning,
          `A process of this service opens up to ${CONNECTIONS_OF_PROCESS} connections, and while versions change two run.`,
          'Raise max_connections on the server.',
        ],
  max_allowed_packet: (value) =>
    Number(value) >= LEAST_PACKET_BYTES
      ? null
      : [failed, 'Imports and idempotency keys send up to a megabyte at once.', 'Raise max_allowed_packet to 16M.'],
  character_set_database: (value) =>
    value === 'utf8mb4'
      ? null
      : [
          warning,
          'Names and aliases beyond Latin letters may not be kept.',
          'ALTER DATABASE name CHARACTER SET utf8mb4;',
        ],
  default_storage_engine: (value) =>
    /innodb/i.test(value)
      ? null
      : [failed, 'Other engines undo no transaction.', 'Set default_storage_engine = InnoDB on the server.'],
};

function judge(name: string, value: string): Finding | null {
  const judged = JUDGES[name]?.(value) ?? null;
  if (judged === null) return null;
  const [verdict, reason, remedy] = judged;
  return verdict(`${name} = ${value}`, reason, remedy);
}

/** Both in bytes; of what is not known nothing is said. */
export function judgePool(pool: number, tables: number): Finding | null {
  if (!(tables > MOST_TABLES_PER_POOL * pool)) return null;
  const [poolMegabytes, megabytes] = [pool, tables].map((bytes) => Math.round(bytes / MEGABYTE));
  return warning(
    `innodb_buffer_pool_size = ${poolMegabytes} MB, with ${megabytes} MB of tables`,
    'Creates and answers wait for pages that are read from the disk, and more so the more is stored.',
    'Set innodb_buffer_pool_size on the server to half of its memory or more: docs/databases.md.',
  );
}

async function checkSqlite(database: NonNullable<Patient['database']>): Promise<Finding> {
  const [row] = await look(database, (manager) => manager.query<{ journal_mode: string }[]>('PRAGMA journal_mode'));
  const mode = row?.journal_mode ?? '';
  if (mode === 'wal' || mode === 'memory') return ok(`journal mode ${mode}`);
  return warning(
    `journal mode ${mode}`,
    'Whoever reads waits for whoever writes, so callers wait for lists.',
    'Start the service once: it sets the write-ahead log. Where that fails, the file system does not carry it.',
  );
}

/** Whether the tables are those of this version. */
export async function checkMigrations({ database, databaseError, config }: Patient): Promise<Finding> {
  if (!database) return databaseError === null ? ok('none yet, the first start runs all') : skipped(AWAY);
  const ours = database.dataSource.migrations.map(({ name }) => name ?? '');
  const done = await look(database, (manager) => manager.query<{ name: string }[]>('SELECT name FROM migration')).catch(
    () => [],
  );
  if (done.length === 0) return ok('none yet, the first start runs all');
  const names = new Set(done.map(({ name }) => name));
  const pending = ours.filter((name) => !names.has(name));
  const foreign = [...names].filter((name) => !ours.includes(name));
  if (pending.length > 0)
    return failed(
      `${pending.length} to run, ${pending[0]} first`,
      'Statements name tables and columns that are not there.',
      config.migrate === 'auto' ? 'Start this version: it runs them. Or: masking migrate' : 'Run: masking migrate',
    );
  if (foreign.length > 0)
    return warning(
      `${foreign.length} of another version, such as ${foreign[0]}`,
      'A later version has worked on this database; this one may not know what it has stored.',
      'Run the later version, unless you have gone back one version on purpose.',
    );
  return ok(`all ${ours.length} are done`);
}
