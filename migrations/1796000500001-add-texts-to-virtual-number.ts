import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Sessions with texts are lent numbers over which texts can be passed on; the next listing fills it in. */
export class AddTextsToVirtualNumber1796000500001 implements MigrationInterface {
  readonly name = 'AddTextsToVirtualNumber1796000500001';

  async up(runner: QueryRunner): Promise<void> {
    const isSqlite = runner.connection.options.type === 'better-sqlite3';
    const columns = {
      texts: 'varchar(12) NULL',
      has_mms: isSqlite ? 'boolean NOT NULL DEFAULT (0)' : 'tinyint NOT NULL DEFAULT 0',
      number_type: 'varchar(16) NULL',
      campaign_id: 'varchar(64) NULL',
    };
    for (const [name, type] of Object.entries(columns))
      if (!(await runner.hasColumn('virtual_number', name)))
        await runner.query(`ALTER TABLE virtual_number ADD COLUMN ${name} ${type}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const name of ['campaign_id', 'number_type', 'has_mms', 'texts'])
      await runner.query(`ALTER TABLE virtual_number DROP COLUMN ${name}`);
  }
}
