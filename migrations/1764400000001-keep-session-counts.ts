import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How many sessions a list has is summed from these, and no longer counted row by row: of a million that took 0.2 to 5 s (docs/performance.md, Lists). */
export class KeepSessionCounts1764400000001 implements MigrationInterface {
  readonly name = 'KeepSessionCounts1764400000001';

  async up(runner: QueryRunner): Promise<void> {
    const isSqlite = runner.connection.options.type === 'better-sqlite3';
    await runner.query(`CREATE TABLE IF NOT EXISTS session_fold (
      account_id varchar(20) NOT NULL,
      counted_until bigint NOT NULL,
      PRIMARY KEY (account_id)
    )`);
    await runner.query(`CREATE TABLE IF NOT EXISTS session_count (
      account_id varchar(20) NOT NULL,
      block_at bigint NOT NULL,
      subaccount_id varchar(20) NOT NULL,
      expires_slot bigint NOT NULL,
      sessions ${isSqlite ? 'integer' : 'int'} NOT NULL,
      PRIMARY KEY (account_id, block_at, subaccount_id, expires_slot)
    )${isSqlite ? ' WITHOUT ROWID' : ''}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE session_count');
    await runner.query('DROP TABLE session_fold');
  }
}
