import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable, dropTable } from './ddl.js';

export class CreateInteraction1763800000016 implements MigrationInterface {
  readonly name = 'CreateInteraction1763800000016';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'interaction', {
      columns: {
        id: 'varchar(36)',
        session_id: 'varchar(36)',
        started_at: 'instant',
        ended_at: 'instant?',
        busy_until: 'instant',
        first_leg_uuid: 'varchar(64)?',
        second_leg_uuid: 'varchar(64)?',
        first_status: 'varchar(16)?',
        second_status: 'varchar(16)?',
        leg_count: 'int',
        duration: 'int',
        billed_duration: 'int',
        amount: 'micros',
      },
      primary: ['id'],
      index: { interaction_session: ['session_id', 'started_at'] },
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTable(runner, 'interaction');
  }
}
