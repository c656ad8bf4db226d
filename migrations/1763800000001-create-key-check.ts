import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable, dropTable } from './ddl.js';

export class CreateKeyCheck1763800000001 implements MigrationInterface {
  readonly name = 'CreateKeyCheck1763800000001';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'key_check', { columns: { id: 'int', check_value: 'varchar(43)' }, primary: ['id'] });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTable(runner, 'key_check');
  }
}
