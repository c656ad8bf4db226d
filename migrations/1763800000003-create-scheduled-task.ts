import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable, dropTable } from './ddl.js';

export class CreateScheduledTask1763800000003 implements MigrationInterface {
  readonly name = 'CreateScheduledTask1763800000003';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'scheduled_task', {
      columns: { name: 'varchar(40)', next_run_at: 'instant', last_run_at: 'instant?', last_result: 'varchar(200)?' },
      primary: ['name'],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTable(runner, 'scheduled_task');
  }
}
