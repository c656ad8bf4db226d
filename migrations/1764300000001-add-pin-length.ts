import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Typing a PIN ends at the last digit of the longest one that is live on a number, and PINs are spread over the numbers by how many are live on each:
 * both are read through the index. Rows of before keep a null, since the length is in no index of theirs, until their sessions are over.
 */
export class AddPinLength1764300000001 implements MigrationInterface {
  readonly name = 'AddPinLength1764300000001';

  async up(runner: QueryRunner): Promise<void> {
    const isSqlite = runner.connection.options.type === 'better-sqlite3';
    if (!(await runner.hasColumn('pin_assignment', 'pin_length')))
      await runner.query(`ALTER TABLE pin_assignment ADD COLUMN pin_length ${isSqlite ? 'integer' : 'int'}`);
    const table = await runner.getTable('pin_assignment');
    if (!table?.indices.some(({ name }) => name === 'pin_assignment_live'))
      await runner.query(
        'CREATE INDEX pin_assignment_live ON pin_assignment (virtual_number_id, free_after, pin_length)',
      );
  }

  async down(runner: QueryRunner): Promise<void> {
    const on = runner.connection.options.type === 'better-sqlite3' ? '' : ' ON pin_assignment';
    await runner.query(`DROP INDEX pin_assignment_live${on}`);
    await runner.query('ALTER TABLE pin_assignment DROP COLUMN pin_length');
  }
}
