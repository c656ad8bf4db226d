import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What texts come to: of each text what is counted, and columns for their sums in the roll-ups of calls. A version before this one counts none, and adds nothing to them. */
export class CountTexts1796100400001 implements MigrationInterface {
  readonly name = 'CountTexts1796100400001';

  async up(runner: QueryRunner): Promise<void> {
    const isSqlite = runner.connection.options.type === 'better-sqlite3';
    const [whole, yes, tail] = isSqlite
      ? ['integer', 'boolean', '']
      : ['int', 'tinyint', ' ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin'];
    await runner.query(`CREATE TABLE IF NOT EXISTS text_tally (
      text_id varchar(36) NOT NULL,
      account_id varchar(20) NOT NULL,
      hour bigint NOT NULL,
      virtual_number varchar(15) NOT NULL,
      subaccount_id varchar(20) NOT NULL,
      session_id varchar(36) NULL,
      received_at bigint NOT NULL,
      is_taken ${yes} NOT NULL,
      is_delivered ${yes} NOT NULL,
      is_failed ${yes} NOT NULL,
      units ${whole} NOT NULL,
      forwarded_units ${whole} NOT NULL,
      amount bigint NOT NULL,
      own_amount bigint NOT NULL,
      message_fee bigint NOT NULL,
      PRIMARY KEY (text_id)
    )${tail}`);
    const counts = (names: string[]): string[] => names.map((name) => `${name} ${whole} NOT NULL DEFAULT 0`);
    const sums = (names: string[]): string[] => names.map((name) => `${name} bigint NOT NULL DEFAULT 0`);
    for (const table of ['call_stat', 'session_stat', 'forgotten_stat'])
      await addColumns(runner, table, [...counts(COUNTS), ...sums(SUMS)]);
    const recount = [
      ...counts(['texts', 'stat_texts', 'text_differences']),
      ...sums(['text_amount', 'stat_text_amount']),
    ];
    await addColumns(runner, 'stat_recount', recount);
    for (const [name, table, columns] of INDEXES)
      if (!(await hasIndex(runner, table, name))) await runner.query(`CREATE INDEX ${name} ON ${table} (${columns})`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const column of ['texts', 'stat_texts', 'text_differences', 'text_amount', 'stat_text_amount'])
      await runner.query(`ALTER TABLE stat_recount DROP COLUMN ${column}`);
    for (const table of ['call_stat', 'session_stat', 'forgotten_stat'])
      for (const column of [...COUNTS, ...SUMS]) await runner.query(`ALTER TABLE ${table} DROP COLUMN ${column}`);
    await runner.query('DROP TABLE text_tally');
  }
}

const COUNTS = ['texts', 'texts_delivered', 'texts_failed'];
const SUMS = ['text_units', 'text_amount', 'text_own_amount'];
const INDEXES: readonly [name: string, table: string, columns: string][] = [
  ['text_tally_hour', 'text_tally', 'account_id, hour'],
  ['text_tally_session', 'text_tally', 'session_id, is_taken, received_at'],
];

/** All in one statement where the server has one for that: a migration that was killed has added all of them or none. SQLite undoes what was begun. */
async function addColumns(runner: QueryRunner, table: string, columns: string[]): Promise<void> {
  const [first = ''] = columns;
  if (await runner.hasColumn(table, first.split(' ')[0] ?? '')) return;
  const added = columns.map((column) => `ADD COLUMN ${column}`);
  const isSqlite = runner.connection.options.type === 'better-sqlite3';
  for (const part of isSqlite ? added : [added.join(', ')]) await runner.query(`ALTER TABLE ${table} ${part}`);
}

async function hasIndex(runner: QueryRunner, table: string, name: string): Promise<boolean> {
  const found = await runner.getTable(table);
  return found?.indices.some((index) => index.name === name) ?? false;
}
