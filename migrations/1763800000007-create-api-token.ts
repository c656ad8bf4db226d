import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable, dropTable } from './ddl.js';

export class CreateApiToken1763800000007 implements MigrationInterface {
  readonly name = 'CreateApiToken1763800000007';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'api_token', {
      columns: {
        id: 'varchar(36)',
        owner_id: 'varchar(20)',
        token: 'varchar(500)',
        origin: 'varchar(8)',
        created_at: 'instant',
      },
      primary: ['id'],
      index: { api_token_owner: ['owner_id'] },
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTable(runner, 'api_token');
  }
}
