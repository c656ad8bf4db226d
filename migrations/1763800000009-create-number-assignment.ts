import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable, dropTable } from './ddl.js';

export class CreateNumberAssignment1763800000009 implements MigrationInterface {
  readonly name = 'CreateNumberAssignment1763800000009';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'number_assignment', {
      columns: {
        virtual_number_id: 'int',
        party_index: 'varchar(22)',
        session_id: 'varchar(36)',
        role: 'varchar(6)',
        free_after: 'instant',
      },
      primary: ['virtual_number_id', 'party_index'],
      index: { number_assignment_party: ['party_index', 'free_after'], number_assignment_session: ['session_id'] },
      clustered: true,
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTable(runner, 'number_assignment');
  }
}
