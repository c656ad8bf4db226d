import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable, dropTable } from './ddl.js';

export class CreatePoolRefusal1763800000052 implements MigrationInterface {
  readonly name = 'CreatePoolRefusal1763800000052';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'pool_refusal', {
      columns: {
        account_id: 'varchar(20)',
        subaccount_id: 'varchar(20)',
        calling_code: 'varchar(4)',
        hour: 'instant',
        refusals: 'int',
      },
      primary: ['account_id', 'subaccount_id', 'calling_code', 'hour'],
      clustered: true,
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTable(runner, 'pool_refusal');
  }
}
