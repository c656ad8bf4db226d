import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How far the calls that are there have what they are found by. */
export class AddCallReindex1764450010002 implements MigrationInterface {
  readonly name = 'AddCallReindex1764450010002';

  async up(runner: QueryRunner): Promise<void> {
    const isSqlite = runner.connection.options.type === 'better-sqlite3';
    const whole = isSqlite ? 'integer' : 'int';
    const end = isSqlite ? '' : ' ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin';
    await runner.query(
      `CREATE TABLE IF NOT EXISTS call_reindex (
         id ${whole} NOT NULL PRIMARY KEY, version ${whole} NOT NULL, stage varchar(10) NOT NULL, begun_at bigint NOT NULL,
         call_id varchar(36) NOT NULL)${end}`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE call_reindex');
  }
}
