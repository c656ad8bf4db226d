import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable, dropTable } from './ddl.js';

export class CreateFailingReceiver1763800000051 implements MigrationInterface {
  readonly name = 'CreateFailingReceiver1763800000051';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'failing_receiver', {
      columns: {
        id: 'varchar(36)',
        lane: 'varchar(43)',
        account_id: 'varchar(20)',
        origin: 'text',
        failing_since: 'instant',
        last_failed_at: 'instant',
        paused_at: 'instant?',
      },
      primary: ['id'],
      unique: { failing_receiver_lane: ['lane'] },
      index: { failing_receiver_since: ['failing_since', 'id'] },
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTable(runner, 'failing_receiver');
  }
}
