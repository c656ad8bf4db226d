import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How far the parties' indexes of sessions that are there follow the rules that say which spellings are one phone. */
export class AddPartyReindex1764100000001 implements MigrationInterface {
  readonly name = 'AddPartyReindex1764100000001';

  async up(runner: QueryRunner): Promise<void> {
    const isSqlite = runner.connection.options.type === 'better-sqlite3';
    await runner.query(
      isSqlite
        ? `CREATE TABLE IF NOT EXISTS party_reindex (
             id integer NOT NULL PRIMARY KEY, version integer NOT NULL, stage varchar(10) NOT NULL, at bigint NOT NULL,
             session_id varchar(36) NOT NULL)`
        : `CREATE TABLE IF NOT EXISTS party_reindex (
             id int NOT NULL PRIMARY KEY, version int NOT NULL, stage varchar(10) NOT NULL, at bigint NOT NULL,
             session_id varchar(36) NOT NULL) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE party_reindex');
  }
}
