import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable, dropTable } from './ddl.js';

export class CreateRecordSweep1763800000047 implements MigrationInterface {
  readonly name = 'CreateRecordSweep1763800000047';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'record_sweep', {
      columns: {
        account_id: 'varchar(20)',
        swept_until: 'instant',
      },
      primary: ['account_id'],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTable(runner, 'record_sweep');
  }
}
