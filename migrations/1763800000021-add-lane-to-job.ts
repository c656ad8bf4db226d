import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumns, dropColumns, replaceIndex } from './ddl.js';

export class AddLaneToJob1763800000021 implements MigrationInterface {
  readonly name = 'AddLaneToJob1763800000021';

  async up(runner: QueryRunner): Promise<void> {
    await addColumns(runner, 'job', { lane: 'varchar(43)?' });
    await replaceIndex(runner, 'job', 'job_due', ['status', 'run_at', 'kind', 'lane']);
  }

  async down(runner: QueryRunner): Promise<void> {
    await replaceIndex(runner, 'job', 'job_due', ['status', 'run_at']);
    await dropColumns(runner, 'job', ['lane']);
  }
}
