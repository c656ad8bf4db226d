import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable, dropTable } from './ddl.js';

export class CreateAuditEntry1763800000015 implements MigrationInterface {
  readonly name = 'CreateAuditEntry1763800000015';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'audit_entry', {
      columns: {
        id: 'varchar(36)',
        at: 'instant',
        actor: 'varchar(20)',
        action: 'varchar(40)',
        target: 'varchar(100)',
        details: 'text',
        request_id: 'varchar(36)',
      },
      primary: ['id'],
      index: { audit_entry_at: ['at'] },
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTable(runner, 'audit_entry');
  }
}
