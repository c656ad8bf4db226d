import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable, dropTable } from './ddl.js';

export class CreateAccount1763800000005 implements MigrationInterface {
  readonly name = 'CreateAccount1763800000005';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'account', {
      columns: {
        auth_id: 'varchar(20)',
        name: 'varchar(100)',
        plivo_auth_id: 'varchar(64)',
        plivo_auth_token: 'varchar(500)',
        created_at: 'instant',
      },
      primary: ['auth_id'],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTable(runner, 'account');
  }
}
