import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Where operators are told, what they have been told lately, and what is to be told when it is over. */
export class AddSubscription1764450050001 implements MigrationInterface {
  readonly name = 'AddSubscription1764450050001';

  async up(runner: QueryRunner): Promise<void> {
    const isSqlite = runner.connection.options.type === 'better-sqlite3';
    const end = isSqlite ? '' : ' ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin';
    await runner.query(`CREATE TABLE IF NOT EXISTS subscription (
      id varchar(36) NOT NULL PRIMARY KEY,
      url text NOT NULL,
      events varchar(500) NOT NULL,
      account_id varchar(20) NULL,
      secret varchar(200) NOT NULL,
      created_at bigint NOT NULL,
      last_attempt_at bigint NULL,
      last_outcome varchar(24) NULL
    )${end}`);
    await runner.query(`CREATE TABLE IF NOT EXISTS told_cause (
      cause varchar(43) NOT NULL PRIMARY KEY,
      told_at bigint NOT NULL
      ${isSqlite ? '' : ', INDEX told_cause_at (told_at)'}
    )${end}`);
    if (isSqlite) await runner.query('CREATE INDEX IF NOT EXISTS told_cause_at ON told_cause (told_at)');
    await runner.query(`CREATE TABLE IF NOT EXISTS plivo_outage (
      plivo_auth_id varchar(64) NOT NULL PRIMARY KEY,
      account_id varchar(20) NULL,
      since bigint NOT NULL
    )${end}`);
    if (await runner.hasColumn('failing_receiver', 'was_paused')) return;
    const flag = isSqlite ? 'boolean' : 'tinyint';
    await runner.query(
      `ALTER TABLE failing_receiver ADD COLUMN was_paused ${flag} NOT NULL DEFAULT ${isSqlite ? '(0)' : '0'}`,
    );
    await runner.query('UPDATE failing_receiver SET was_paused = 1 WHERE paused_at IS NOT NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DELETE FROM failing_receiver WHERE failing_since = 0');
    await runner.query('ALTER TABLE failing_receiver DROP COLUMN was_paused');
    for (const table of ['plivo_outage', 'told_cause', 'subscription']) await runner.query(`DROP TABLE ${table}`);
  }
}
