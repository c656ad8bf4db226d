import type { MigrationInterface, QueryRunner } from 'typeorm';

/** An account may have its sessions kept for a time of its own. */
export class AddRetentionToAccount1764410000001 implements MigrationInterface {
  readonly name = 'AddRetentionToAccount1764410000001';

  async up(runner: QueryRunner): Promise<void> {
    if (await runner.hasColumn('account', 'retention_days')) return;
    const type = runner.connection.options.type === 'better-sqlite3' ? 'integer' : 'int';
    await runner.query(`ALTER TABLE account ADD COLUMN retention_days ${type} NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE account DROP COLUMN retention_days');
  }
}
