import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable, dropTable } from './ddl.js';

export class CreateSubaccount1763800000006 implements MigrationInterface {
  readonly name = 'CreateSubaccount1763800000006';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'subaccount', {
      columns: { auth_id: 'varchar(20)', account_id: 'varchar(20)', name: 'varchar(100)', created_at: 'instant' },
      primary: ['auth_id'],
      index: { subaccount_account: ['account_id'] },
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTable(runner, 'subaccount');
  }
}
