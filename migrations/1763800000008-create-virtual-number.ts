import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable, dropTable } from './ddl.js';

export class CreateVirtualNumber1763800000008 implements MigrationInterface {
  readonly name = 'CreateVirtualNumber1763800000008';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'virtual_number', {
      columns: {
        id: 'serial',
        account_id: 'varchar(20)',
        subaccount_id: 'varchar(20)?',
        number: 'varchar(15)',
        calling_code: 'varchar(4)',
        country: 'varchar(2)',
        alias: 'varchar(100)',
        status: 'varchar(8)',
        is_synced: 'flag',
        missing_since: 'instant?',
        created_at: 'instant',
      },
      unique: { virtual_number_number: ['number'] },
      index: { virtual_number_pool: ['account_id', 'status'] },
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTable(runner, 'virtual_number');
  }
}
