import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whether the words of a text stay for a while after they were sent. */
export class KeepTexts1796100400003 implements MigrationInterface {
  readonly name = 'KeepTexts1796100400003';

  async up(runner: QueryRunner): Promise<void> {
    const isSqlite = runner.connection.options.type === 'better-sqlite3';
    if (!(await runner.hasColumn('text_forward', 'is_body_kept')))
      await runner.query(
        `ALTER TABLE text_forward ADD COLUMN is_body_kept ${isSqlite ? 'boolean' : 'tinyint'} NOT NULL DEFAULT 0`,
      );
    const found = await runner.getTable('text_forward');
    if (!found?.indices.some(({ name }) => name === INDEX))
      await runner.query(`CREATE INDEX ${INDEX} ON text_forward (account_id, is_body_kept, created_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    const isSqlite = runner.connection.options.type === 'better-sqlite3';
    await runner.query(`DROP INDEX ${INDEX}${isSqlite ? '' : ' ON text_forward'}`);
    await runner.query('ALTER TABLE text_forward DROP COLUMN is_body_kept');
  }
}

const INDEX = 'text_forward_kept';
