import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A number list that lacks most of the pool is believed the second time; a restart in between must not forget the first. */
export class AddDoubtedListing1764200000101 implements MigrationInterface {
  readonly name = 'AddDoubtedListing1764200000101';

  async up(runner: QueryRunner): Promise<void> {
    const isSqlite = runner.connection.options.type === 'better-sqlite3';
    await runner.query(
      `CREATE TABLE IF NOT EXISTS doubted_listing (account_id varchar(20) NOT NULL PRIMARY KEY, at bigint NOT NULL)${
        isSqlite ? ' WITHOUT ROWID' : ' ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin'
      }`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE doubted_listing');
  }
}
