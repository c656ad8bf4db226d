import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which people are, or were, to be erased, and which recordings of theirs are still to go. */
export class AddErasure1764450020001 implements MigrationInterface {
  readonly name = 'AddErasure1764450020001';

  async up(runner: QueryRunner): Promise<void> {
    const isSqlite = runner.connection.options.type === 'better-sqlite3';
    const innodb = isSqlite ? '' : ' ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin';
    await runner.query(`CREATE TABLE IF NOT EXISTS erasure (
      id varchar(36) NOT NULL PRIMARY KEY,
      status varchar(7) NOT NULL,
      person varchar(200) NULL,
      account_id varchar(20) NULL,
      asked_at bigint NOT NULL,
      finished_at bigint NULL,
      found text NULL,
      erased text NOT NULL,
      waiting text NULL
    )${innodb}`);
    await runner.query(`CREATE TABLE IF NOT EXISTS erasure_recording (
      erasure_id varchar(36) NOT NULL,
      recording_id varchar(36) NOT NULL,
      PRIMARY KEY (erasure_id, recording_id)
    )${isSqlite ? ' WITHOUT ROWID' : innodb}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE erasure_recording');
    await runner.query('DROP TABLE erasure');
  }
}
