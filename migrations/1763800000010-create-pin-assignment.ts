import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable, dropTable } from './ddl.js';

export class CreatePinAssignment1763800000010 implements MigrationInterface {
  readonly name = 'CreatePinAssignment1763800000010';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'pin_assignment', {
      columns: {
        virtual_number_id: 'int',
        pin_index: 'varchar(22)',
        session_id: 'varchar(36)',
        role: 'varchar(6)',
        free_after: 'instant',
      },
      primary: ['virtual_number_id', 'pin_index'],
      index: { pin_assignment_session: ['session_id'] },
      clustered: true,
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTable(runner, 'pin_assignment');
  }
}
