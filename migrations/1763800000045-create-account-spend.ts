import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable, dropTable } from './ddl.js';

export class CreateAccountSpend1763800000045 implements MigrationInterface {
  readonly name = 'CreateAccountSpend1763800000045';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'account_spend', {
      columns: {
        account_id: 'varchar(20)',
        day: 'instant',
        spent: 'micros',
        reserved: 'micros',
        is_cap_reached: 'flag',
      },
      primary: ['account_id', 'day'],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTable(runner, 'account_spend');
  }
}
