import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A number whose Plivo application does not bring calls here is the company's hotline, and must not be lent. */
export class AddApplicationToVirtualNumber1764200000001 implements MigrationInterface {
  readonly name = 'AddApplicationToVirtualNumber1764200000001';

  async up(runner: QueryRunner): Promise<void> {
    const isSqlite = runner.connection.options.type === 'better-sqlite3';
    // MySQL commits each statement, so a start that was killed may have added the first.
    if (!(await runner.hasColumn('virtual_number', 'is_elsewhere')))
      await runner.query(
        `ALTER TABLE virtual_number ADD COLUMN is_elsewhere ${isSqlite ? 'boolean' : 'tinyint'} NOT NULL DEFAULT ${isSqlite ? '(0)' : '0'}`,
      );
    if (!(await runner.hasColumn('virtual_number', 'application')))
      await runner.query('ALTER TABLE virtual_number ADD COLUMN application varchar(100) NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE virtual_number DROP COLUMN application');
    await runner.query('ALTER TABLE virtual_number DROP COLUMN is_elsewhere');
  }
}
