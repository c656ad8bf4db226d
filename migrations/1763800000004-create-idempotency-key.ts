import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable, dropTable } from './ddl.js';

export class CreateIdempotencyKey1763800000004 implements MigrationInterface {
  readonly name = 'CreateIdempotencyKey1763800000004';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'idempotency_key', {
      columns: {
        owner: 'varchar(20)',
        key_hash: 'varchar(43)',
        request_hash: 'varchar(43)',
        lease: 'varchar(36)?',
        lease_until: 'instant',
        answer_status: 'int?',
        answer_body: 'text?',
        created_at: 'instant',
      },
      primary: ['owner', 'key_hash'],
      index: { idempotency_key_created: ['created_at'] },
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTable(runner, 'idempotency_key');
  }
}
