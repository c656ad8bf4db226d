import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When each scheduled task last ended well: its last beginning and its last result are of two runs where the latest was killed. */
export class KeepLastSuccess1796000400001 implements MigrationInterface {
  readonly name = 'KeepLastSuccess1796000400001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE scheduled_task ADD COLUMN last_success_at bigint NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE scheduled_task DROP COLUMN last_success_at');
  }
}
