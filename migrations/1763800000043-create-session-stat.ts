import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable, dropTable } from './ddl.js';

export class CreateSessionStat1763800000043 implements MigrationInterface {
  readonly name = 'CreateSessionStat1763800000043';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'session_stat', {
      columns: {
        session_id: 'varchar(36)',
        hour: 'instant',
        account_id: 'varchar(20)',
        virtual_number: 'varchar(15)',
        calls: 'int',
        connected: 'int',
        talk_seconds: 'micros',
        billed_seconds: 'micros',
        amount: 'micros',
        sessions: 'int',
        fees: 'micros',
      },
      primary: ['session_id', 'hour'],
      index: { session_stat_hour: ['account_id', 'hour'] },
      clustered: true,
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTable(runner, 'session_stat');
  }
}
