import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Named operators with roles and tokens of their own, and which of them an entry of the audit is about. */
export class AddOperator1764450000001 implements MigrationInterface {
  readonly name = 'AddOperator1764450000001';

  async up(runner: QueryRunner): Promise<void> {
    const isSqlite = runner.connection.options.type === 'better-sqlite3';
    const end = isSqlite ? '' : ' ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin';
    await runner.query(`CREATE TABLE IF NOT EXISTS operator (
      id varchar(36) NOT NULL PRIMARY KEY,
      name varchar(60) NOT NULL,
      role varchar(7) NOT NULL,
      token_hash varchar(43) NOT NULL,
      former_hash varchar(43) NULL,
      former_until bigint NULL,
      created_at bigint NOT NULL,
      last_used_at bigint NULL
      ${isSqlite ? '' : ', UNIQUE INDEX operator_name (name), UNIQUE INDEX operator_token (token_hash), UNIQUE INDEX operator_former_token (former_hash)'}
    )${end}`);
    if (isSqlite) {
      await runner.query('CREATE UNIQUE INDEX IF NOT EXISTS operator_name ON operator (name)');
      await runner.query('CREATE UNIQUE INDEX IF NOT EXISTS operator_token ON operator (token_hash)');
      await runner.query('CREATE UNIQUE INDEX IF NOT EXISTS operator_former_token ON operator (former_hash)');
    }
    if (await runner.hasColumn('audit_entry', 'operator')) return;
    await runner.query('ALTER TABLE audit_entry ADD COLUMN operator varchar(60) NULL');
    await runner.query("UPDATE audit_entry SET operator = 'admin' WHERE actor = 'admin'");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE audit_entry DROP COLUMN operator');
    await runner.query('DROP TABLE operator');
  }
}
