import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who is logged in at the console. */
export class AddConsoleLogin1796000000001 implements MigrationInterface {
  readonly name = 'AddConsoleLogin1796000000001';

  async up(runner: QueryRunner): Promise<void> {
    const isSqlite = runner.connection.options.type === 'better-sqlite3';
    const end = isSqlite ? '' : ' ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin';
    await runner.query(`CREATE TABLE IF NOT EXISTS console_login (
      cookie_hash varchar(43) NOT NULL PRIMARY KEY,
      operator_id varchar(36) NOT NULL,
      credential varchar(43) NOT NULL,
      created_at bigint NOT NULL,
      used_at bigint NOT NULL
      ${isSqlite ? '' : ', INDEX console_login_operator (operator_id, created_at)'}
    )${end}`);
    if (isSqlite)
      await runner.query(
        'CREATE INDEX IF NOT EXISTS console_login_operator ON console_login (operator_id, created_at)',
      );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE console_login');
  }
}
