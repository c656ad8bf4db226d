import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable, dropTable } from './ddl.js';

export class CreateCallStat1763800000042 implements MigrationInterface {
  readonly name = 'CreateCallStat1763800000042';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'call_stat', {
      columns: {
        account_id: 'varchar(20)',
        virtual_number: 'varchar(15)',
        hour: 'instant',
        shard: 'int',
        calls: 'int',
        connected: 'int',
        talk_seconds: 'micros',
        billed_seconds: 'micros',
        amount: 'micros',
        sessions: 'int',
        fees: 'micros',
      },
      primary: ['account_id', 'virtual_number', 'hour', 'shard'],
      clustered: true,
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTable(runner, 'call_stat');
  }
}
