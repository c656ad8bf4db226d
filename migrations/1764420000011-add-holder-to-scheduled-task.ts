import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A task whose process dies is taken over within seconds, so its row says whose it is. */
export class AddHolderToScheduledTask1764420000011 implements MigrationInterface {
  readonly name = 'AddHolderToScheduledTask1764420000011';

  async up(runner: QueryRunner): Promise<void> {
    if (await runner.hasColumn('scheduled_task', 'holder')) return;
    await runner.query('ALTER TABLE scheduled_task ADD COLUMN holder varchar(16)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE scheduled_task DROP COLUMN holder');
  }
}
