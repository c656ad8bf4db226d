import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumns, dropColumns } from './ddl.js';

export class AddDialledToMaskedCall1763800000022 implements MigrationInterface {
  readonly name = 'AddDialledToMaskedCall1763800000022';

  async up(runner: QueryRunner): Promise<void> {
    await addColumns(runner, 'masked_call', { dialled: 'varchar(200)?', reconciled_at: 'instant?' });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropColumns(runner, 'masked_call', ['dialled', 'reconciled_at']);
  }
}
