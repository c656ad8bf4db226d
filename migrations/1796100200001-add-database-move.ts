import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Where a database was moved to, or comes from, and how far that is: `masking move`. */
export class AddDatabaseMove1796100200001 implements MigrationInterface {
  readonly name = 'AddDatabaseMove1796100200001';

  async up(runner: QueryRunner): Promise<void> {
    const isSqlite = runner.connection.options.type === 'better-sqlite3';
    const end = isSqlite ? '' : ' ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin';
    await runner.query(`CREATE TABLE IF NOT EXISTS database_move (
      id ${isSqlite ? 'integer' : 'int'} NOT NULL PRIMARY KEY,
      role varchar(8) NOT NULL,
      move_id varchar(36) NOT NULL,
      place varchar(300) NOT NULL,
      begun_at bigint NOT NULL,
      ended_at bigint,
      table_name varchar(64),
      after_key text
    )${end}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE database_move');
  }
}
