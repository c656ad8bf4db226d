import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A call whose session was erased is held by its own row: src/call-routing/facts/hold-call.ts; on a cluster a row that is held is written. */
export class AddHoldsToMaskedCall1796108000001 implements MigrationInterface {
  readonly name = 'AddHoldsToMaskedCall1796108000001';

  async up(runner: QueryRunner): Promise<void> {
    if (await runner.hasColumn('masked_call', 'holds')) return;
    const whole = runner.connection.options.type === 'better-sqlite3' ? 'integer' : 'int';
    await runner.query(`ALTER TABLE masked_call ADD COLUMN holds ${whole} NOT NULL DEFAULT 0`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE masked_call DROP COLUMN holds');
  }
}
