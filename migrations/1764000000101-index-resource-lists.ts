import type { MigrationInterface, QueryRunner } from 'typeorm';

const INDEXES = [
  ['call_leg_ended', 'call_leg', 'account_id, ended_at, leg_uuid'],
  ['recording_account', 'recording', 'account_id, created_at, id'],
  ['recording_subaccount', 'recording', 'subaccount_id, created_at, id'],
] as const;

/** An account may list its calls and recordings, newest first; without these each page would read all of them. */
export class IndexResourceLists1764000000101 implements MigrationInterface {
  readonly name = 'IndexResourceLists1764000000101';

  async up(runner: QueryRunner): Promise<void> {
    for (const [name, table, columns] of INDEXES)
      if (!(await hasIndex(runner, table, name))) await runner.query(`CREATE INDEX ${name} ON ${table} (${columns})`);
  }

  async down(runner: QueryRunner): Promise<void> {
    const isSqlite = runner.connection.options.type === 'better-sqlite3';
    for (const [name, table] of INDEXES) await runner.query(`DROP INDEX ${name}${isSqlite ? '' : ` ON ${table}`}`);
  }
}

async function hasIndex(runner: QueryRunner, table: string, name: string): Promise<boolean> {
  const sql =
    runner.connection.options.type === 'better-sqlite3'
      ? "SELECT 1 FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND name = ?"
      : 'SELECT 1 FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = ? AND index_name = ?';
  return ((await runner.query(sql, [table, name])) as unknown[]).length > 0;
}
