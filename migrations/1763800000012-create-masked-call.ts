import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable, dropTable } from './ddl.js';

export class CreateMaskedCall1763800000012 implements MigrationInterface {
  readonly name = 'CreateMaskedCall1763800000012';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'masked_call', {
      columns: {
        id: 'varchar(36)',
        account_id: 'varchar(20)',
        session_id: 'varchar(36)?',
        virtual_number_id: 'int?',
        kind: 'varchar(7)',
        request_id: 'varchar(36)?',
        a_leg_uuid: 'varchar(64)',
        caller: 'varchar(200)?',
        prompt_session_id: 'varchar(36)?',
        pin_attempts: 'int',
        caller_role: 'varchar(6)?',
        decision: 'varchar(8)',
        reason: 'varchar(24)',
        answer: 'text',
        created_at: 'instant',
        ended_at: 'instant?',
        connected_at: 'instant?',
        dial_status: 'varchar(16)?',
      },
      primary: ['id'],
      unique: { masked_call_a_leg: ['account_id', 'a_leg_uuid'] },
      index: { masked_call_session: ['session_id', 'created_at'], masked_call_created: ['created_at', 'id'] },
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTable(runner, 'masked_call');
  }
}
