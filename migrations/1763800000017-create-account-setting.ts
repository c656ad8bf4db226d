import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable, dropTable } from './ddl.js';

export class CreateAccountSetting1763800000017 implements MigrationInterface {
  readonly name = 'CreateAccountSetting1763800000017';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'account_setting', {
      columns: { account_id: 'varchar(20)', value: 'text', updated_at: 'instant' },
      primary: ['account_id'],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTable(runner, 'account_setting');
  }
}
