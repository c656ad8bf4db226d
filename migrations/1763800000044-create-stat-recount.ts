import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable, dropTable } from './ddl.js';

export class CreateStatRecount1763800000044 implements MigrationInterface {
  readonly name = 'CreateStatRecount1763800000044';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'stat_recount', {
      columns: {
        id: 'varchar(36)',
        started_at: 'instant',
        finished_at: 'instant',
        calls: 'int',
        amount: 'micros',
        stat_calls: 'int',
        stat_amount: 'micros',
        call_differences: 'int',
        session_differences: 'int',
        sum_differences: 'int',
        is_repaired: 'flag',
      },
      primary: ['id'],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTable(runner, 'stat_recount');
  }
}
