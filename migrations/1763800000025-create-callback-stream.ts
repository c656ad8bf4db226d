import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable, dropTable } from './ddl.js';

export class CreateCallbackStream1763800000025 implements MigrationInterface {
  readonly name = 'CreateCallbackStream1763800000025';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'callback_stream', {
      columns: { session_id: 'varchar(36)', stream: 'varchar(9)', last_sequence: 'int' },
      primary: ['session_id', 'stream'],
      clustered: true,
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTable(runner, 'callback_stream');
  }
}
