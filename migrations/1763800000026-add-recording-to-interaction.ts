import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumns, dropColumns } from './ddl.js';

export class AddRecordingToInteraction1763800000026 implements MigrationInterface {
  readonly name = 'AddRecordingToInteraction1763800000026';

  async up(runner: QueryRunner): Promise<void> {
    await addColumns(runner, 'interaction', { recording_id: 'varchar(36)?' });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropColumns(runner, 'interaction', ['recording_id']);
  }
}
