import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable, dropTable } from './ddl.js';

export class CreateJob1763800000002 implements MigrationInterface {
  readonly name = 'CreateJob1763800000002';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'job', {
      columns: {
        id: 'varchar(36)',
        kind: 'varchar(40)',
        payload: 'text',
        job_key: 'varchar(100)?',
        status: 'varchar(7)',
        run_at: 'instant',
        lease: 'varchar(36)?',
        attempts: 'int',
        last_error: 'varchar(500)?',
        created_at: 'instant',
      },
      primary: ['id'],
      unique: { job_key: ['job_key'] },
      index: { job_due: ['status', 'run_at'] },
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTable(runner, 'job');
  }
}
