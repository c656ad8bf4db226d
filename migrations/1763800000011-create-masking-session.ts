import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable, dropTable } from './ddl.js';

export class CreateMaskingSession1763800000011 implements MigrationInterface {
  readonly name = 'CreateMaskingSession1763800000011';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'masking_session', {
      columns: {
        id: 'varchar(36)',
        account_id: 'varchar(20)',
        subaccount_id: 'varchar(20)?',
        status: 'varchar(7)',
        parties: 'text',
        first_index: 'varchar(22)?',
        second_index: 'varchar(22)?',
        pair_index: 'varchar(22)?',
        virtual_number_id: 'int',
        virtual_number: 'varchar(15)',
        settings: 'text',
        created_at: 'instant',
        modified_at: 'instant',
        expires_at: 'instant',
      },
      primary: ['id'],
      unique: { masking_session_pair: ['pair_index'] },
      index: {
        masking_session_due: ['status', 'expires_at'],
        masking_session_created: ['account_id', 'created_at'],
        masking_session_first: ['first_index'],
        masking_session_second: ['second_index'],
        masking_session_number: ['virtual_number_id', 'created_at'],
      },
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTable(runner, 'masking_session');
  }
}
