import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whether an account's programs are let in. */
export class AddAccountStatus1764450040001 implements MigrationInterface {
  readonly name = 'AddAccountStatus1764450040001';

  async up(runner: QueryRunner): Promise<void> {
    if (await runner.hasColumn('account', 'status')) return;
    await runner.query("ALTER TABLE account ADD COLUMN status varchar(8) NOT NULL DEFAULT 'active'");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE account DROP COLUMN status');
  }
}
