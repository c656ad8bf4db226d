import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Subaccounts that exist at Plivo have a token of their own there. */
export class AddSubaccountAtPlivo1764200000201 implements MigrationInterface {
  readonly name = 'AddSubaccountAtPlivo1764200000201';

  async up(runner: QueryRunner): Promise<void> {
    const isSqlite = runner.connection.options.type === 'better-sqlite3';
    await runner.query(
      `CREATE TABLE IF NOT EXISTS subaccount_at_plivo (auth_id varchar(20) NOT NULL PRIMARY KEY, plivo_auth_token varchar(500) NOT NULL)${
        isSqlite ? ' WITHOUT ROWID' : ' ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin'
      }`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE subaccount_at_plivo');
  }
}
