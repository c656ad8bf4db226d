import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A key is not taken into use while a process does not have it, nor out of use while one seals with it. */
export class NameKeysOfProcess1796100100002 implements MigrationInterface {
  readonly name = 'NameKeysOfProcess1796100100002';

  async up(runner: QueryRunner): Promise<void> {
    if (!(await runner.hasColumn('process', 'encryption_keys')))
      await runner.query('ALTER TABLE process ADD COLUMN encryption_keys varchar(1000) NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE process DROP COLUMN encryption_keys');
  }
}
