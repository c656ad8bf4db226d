import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable, dropTable } from './ddl.js';

export class CreateRecording1763800000031 implements MigrationInterface {
  readonly name = 'CreateRecording1763800000031';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'recording', {
      columns: {
        id: 'varchar(36)',
        account_id: 'varchar(20)',
        subaccount_id: 'varchar(20)?',
        session_id: 'varchar(36)',
        call_id: 'varchar(36)',
        format: 'varchar(3)',
        status: 'varchar(9)',
        reason: 'varchar(16)?',
        plivo_id: 'varchar(200)?',
        plivo_index: 'varchar(43)?',
        media_url: 'text?',
        duration_ms: 'int?',
        started_at: 'instant?',
        ended_at: 'instant?',
        created_at: 'instant',
        fetch_since: 'instant?',
        attempts: 'int',
        file: 'varchar(60)?',
        file_key: 'varchar(200)?',
        size: 'bigint?',
        checksum: 'varchar(43)?',
        ready_at: 'instant?',
        deleted_at: 'instant?',
      },
      primary: ['id'],
      unique: { recording_call: ['call_id'] },
      index: {
        recording_session: ['session_id', 'created_at'],
        recording_created: ['created_at', 'id'],
        recording_status: ['status', 'account_id', 'created_at'],
      },
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTable(runner, 'recording');
  }
}
