import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable, dropTable } from './ddl.js';

export class CreateCallAnswer1763800000018 implements MigrationInterface {
  readonly name = 'CreateCallAnswer1763800000018';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'call_answer', {
      columns: { call_id: 'varchar(36)', step: 'varchar(16)', answer: 'text' },
      primary: ['call_id', 'step'],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTable(runner, 'call_answer');
  }
}
