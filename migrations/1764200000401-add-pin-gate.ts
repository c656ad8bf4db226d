import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Wrong PINs are counted on their number too, and one typed twice in a row once. A gate is the row that is held while a guess is judged, so that
 * parallel guesses are counted exactly.
 */
export class AddPinGate1764200000401 implements MigrationInterface {
  readonly name = 'AddPinGate1764200000401';

  async up(runner: QueryRunner): Promise<void> {
    if (!(await runner.hasColumn('pin_failure', 'virtual_number')))
      await runner.query('ALTER TABLE pin_failure ADD COLUMN virtual_number varchar(15)');
    if (!(await runner.hasColumn('pin_failure', 'typed_index')))
      await runner.query('ALTER TABLE pin_failure ADD COLUMN typed_index varchar(22)');
    if (!(await hasNumberIndex(runner)))
      await runner.query('CREATE INDEX pin_failure_number ON pin_failure (account_id, virtual_number, failed_at)');
    const end =
      runner.connection.options.type === 'better-sqlite3'
        ? ''
        : ' ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin';
    await runner.query(`CREATE TABLE IF NOT EXISTS pin_gate (
      account_id varchar(20) NOT NULL,
      gate varchar(24) NOT NULL,
      judged_at bigint NOT NULL,
      PRIMARY KEY (account_id, gate)
    )${end}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE pin_gate');
    const on = runner.connection.options.type === 'better-sqlite3' ? '' : ' ON pin_failure';
    await runner.query(`DROP INDEX pin_failure_number${on}`);
    await runner.query('ALTER TABLE pin_failure DROP COLUMN virtual_number');
    await runner.query('ALTER TABLE pin_failure DROP COLUMN typed_index');
  }
}

async function hasNumberIndex(runner: QueryRunner): Promise<boolean> {
  const sql =
    runner.connection.options.type === 'better-sqlite3'
      ? "SELECT 1 FROM sqlite_master WHERE type = 'index' AND name = 'pin_failure_number'"
      : "SELECT 1 FROM information_schema.statistics WHERE table_schema = DATABASE() AND index_name = 'pin_failure_number'";
  return ((await runner.query(sql)) as unknown[]).length > 0;
}
