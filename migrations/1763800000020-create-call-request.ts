import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable, dropTable } from './ddl.js';

export class CreateCallRequest1763800000020 implements MigrationInterface {
  readonly name = 'CreateCallRequest1763800000020';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'call_request', {
      columns: {
        id: 'varchar(36)',
        account_id: 'varchar(20)',
        session_id: 'varchar(36)',
        status: 'varchar(8)',
        reason: 'varchar(40)?',
        call_uuid: 'varchar(64)?',
        created_at: 'instant',
        placed_at: 'instant?',
        pending_until: 'instant',
      },
      primary: ['id'],
      index: { call_request_session: ['session_id', 'created_at'] },
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTable(runner, 'call_request');
  }
}
