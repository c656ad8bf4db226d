import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable, dropTable } from './ddl.js';

export class CreateCallTally1763800000041 implements MigrationInterface {
  readonly name = 'CreateCallTally1763800000041';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'call_tally', {
      columns: {
        account_id: 'varchar(20)',
        a_leg_uuid: 'varchar(64)',
        hour: 'instant',
        virtual_number: 'varchar(15)',
        session_id: 'varchar(36)?',
        is_connected: 'flag',
        talk_seconds: 'int',
        billed_seconds: 'int',
        amount: 'micros',
        own_amount: 'micros',
        minute_fee: 'micros',
      },
      primary: ['account_id', 'a_leg_uuid'],
      index: { call_tally_hour: ['account_id', 'hour'], call_tally_session: ['session_id'] },
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTable(runner, 'call_tally');
  }
}
