import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A session that customers renew by mistake, day after day, looks like one that was opened once; operators want to tell them apart. */
export class AddRenewalsToSession1764000000001 implements MigrationInterface {
  readonly name = 'AddRenewalsToSession1764000000001';

  async up(runner: QueryRunner): Promise<void> {
    if (await runner.hasColumn('masking_session', 'renewals')) return;
    const whole = runner.connection.options.type === 'better-sqlite3' ? 'integer' : 'int';
    await runner.query(`ALTER TABLE masking_session ADD COLUMN renewals ${whole} NOT NULL DEFAULT 0`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE masking_session DROP COLUMN renewals');
  }
}
