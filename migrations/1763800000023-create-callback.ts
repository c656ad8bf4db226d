import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable, dropTable } from './ddl.js';

export class CreateCallback1763800000023 implements MigrationInterface {
  readonly name = 'CreateCallback1763800000023';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'callback', {
      columns: {
        id: 'varchar(36)',
        account_id: 'varchar(20)',
        owner_id: 'varchar(20)',
        session_id: 'varchar(36)',
        call_id: 'varchar(36)?',
        stream: 'varchar(9)',
        sequence: 'int',
        event: 'varchar(40)',
        method: 'varchar(4)',
        url: 'text',
        body: 'text',
        status: 'varchar(9)',
        attempts: 'int',
        tries: 'int',
        outcome: 'varchar(24)?',
        next_attempt_at: 'instant',
        created_at: 'instant',
        settled_at: 'instant?',
      },
      primary: ['id'],
      unique: {
        callback_sequence: ['session_id', 'stream', 'sequence'],
        callback_fact: ['call_id', 'event'],
      },
      index: { callback_status: ['status', 'created_at', 'id'], callback_created: ['created_at', 'id'] },
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTable(runner, 'callback');
  }
}
