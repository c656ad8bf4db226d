import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = ['masking_session', 'job', 'virtual_number', 'account', 'subaccount'];

/** On a cluster whose nodes all take writes, a row that is held is written, or nobody on another node notices: src/platform/database/held-rows.ts. */
export class AddHolds1764440000001 implements MigrationInterface {
  readonly name = 'AddHolds1764440000001';

  async up(runner: QueryRunner): Promise<void> {
    const isSqlite = runner.connection.options.type === 'better-sqlite3';
    const whole = isSqlite ? 'integer' : 'int';
    for (const table of TABLES) {
      if (await runner.hasColumn(table, 'holds')) continue;
      await runner.query(`ALTER TABLE ${table} ADD COLUMN holds ${whole} NOT NULL DEFAULT 0`);
    }
    const end = isSqlite ? ' WITHOUT ROWID' : ' ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin';
    await runner.query(`CREATE TABLE IF NOT EXISTS number_hold (
      virtual_number_id ${whole} NOT NULL,
      stripe ${whole} NOT NULL,
      holds ${whole} NOT NULL,
      PRIMARY KEY (virtual_number_id, stripe)
    )${end}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE number_hold');
    for (const table of TABLES) await runner.query(`ALTER TABLE ${table} DROP COLUMN holds`);
  }
}
