import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable, dropTable } from './ddl.js';

export class CreateCallbackAttempt1763800000024 implements MigrationInterface {
  readonly name = 'CreateCallbackAttempt1763800000024';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'callback_attempt', {
      columns: {
        callback_id: 'varchar(36)',
        number: 'int',
        started_at: 'instant',
        duration_ms: 'int',
        status: 'int?',
        error: 'varchar(24)?',
        answer: 'text?',
      },
      primary: ['callback_id', 'number'],
      clustered: true,
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTable(runner, 'callback_attempt');
  }
}
