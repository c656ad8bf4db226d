import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Of which session an answer is, so that it is found when the session's parties are erased. Answers of before are looked through, for seven days. */
export class AddSubjectToIdempotencyKey1764450020002 implements MigrationInterface {
  readonly name = 'AddSubjectToIdempotencyKey1764450020002';

  async up(runner: QueryRunner): Promise<void> {
    if (await runner.hasColumn('idempotency_key', 'about')) return;
    if (runner.connection.options.type === 'better-sqlite3') {
      await runner.query('ALTER TABLE idempotency_key ADD COLUMN about varchar(36) NULL');
      await runner.query('CREATE INDEX idempotency_key_about ON idempotency_key (about, created_at)');
    } else
      await runner.query(
        'ALTER TABLE idempotency_key ADD COLUMN about varchar(36) NULL, ADD INDEX idempotency_key_about (about, created_at)',
      );
  }

  async down(runner: QueryRunner): Promise<void> {
    if (runner.connection.options.type === 'better-sqlite3') {
      await runner.query('DROP INDEX idempotency_key_about');
      await runner.query('ALTER TABLE idempotency_key DROP COLUMN about');
    } else await runner.query('ALTER TABLE idempotency_key DROP INDEX idempotency_key_about, DROP COLUMN about');
  }
}
