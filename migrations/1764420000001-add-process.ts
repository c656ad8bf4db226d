import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who runs this service: a process that is not seen any more is dead, and what it leased is taken over. */
export class AddProcess1764420000001 implements MigrationInterface {
  readonly name = 'AddProcess1764420000001';

  async up(runner: QueryRunner): Promise<void> {
    const isSqlite = runner.connection.options.type === 'better-sqlite3';
    const end = isSqlite ? ' WITHOUT ROWID' : ' ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin';
    await runner.query(`CREATE TABLE IF NOT EXISTS process (
      id varchar(16) NOT NULL PRIMARY KEY,
      role varchar(6) NOT NULL,
      host varchar(100) NOT NULL,
      pid ${isSqlite ? 'integer' : 'int'} NOT NULL,
      version varchar(40) NOT NULL,
      node varchar(20) NOT NULL,
      started_at bigint NOT NULL,
      seen_at bigint NOT NULL,
      beats bigint NOT NULL
    )${end}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE process');
  }
}
