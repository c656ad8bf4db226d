import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable, dropTable } from './ddl.js';

export class CreatePinFailure1763800000019 implements MigrationInterface {
  readonly name = 'CreatePinFailure1763800000019';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'pin_failure', {
      columns: {
        id: 'varchar(36)',
        account_id: 'varchar(20)',
        session_id: 'varchar(36)',
        caller_index: 'varchar(22)',
        failed_at: 'instant',
      },
      primary: ['id'],
      index: { pin_failure_caller: ['account_id', 'caller_index', 'failed_at'], pin_failure_session: ['session_id'] },
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTable(runner, 'pin_failure');
  }
}
