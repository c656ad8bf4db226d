import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable, dropTable } from './ddl.js';

export class CreateCallLeg1763800000013 implements MigrationInterface {
  readonly name = 'CreateCallLeg1763800000013';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'call_leg', {
      columns: {
        account_id: 'varchar(20)',
        leg_uuid: 'varchar(64)',
        call_id: 'varchar(36)?',
        session_id: 'varchar(36)?',
        side: 'varchar(1)',
        role: 'varchar(6)?',
        started_at: 'instant?',
        answered_at: 'instant?',
        ended_at: 'instant?',
        is_answered: 'flag',
        is_connected: 'flag',
        is_ended: 'flag',
        duration: 'int?',
        billed_duration: 'int?',
        amount: 'micros?',
        call_status: 'varchar(16)?',
        hangup_cause: 'varchar(40)?',
        hangup_cause_code: 'int?',
        hangup_cause_name: 'varchar(64)?',
        hangup_source: 'varchar(32)?',
      },
      primary: ['account_id', 'leg_uuid'],
      index: { call_leg_call: ['call_id'], call_leg_session: ['session_id'] },
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTable(runner, 'call_leg');
  }
}
