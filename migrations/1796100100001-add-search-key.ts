import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What look-ups derive from gets a place of its own. The row is made at the next start, which has the key that it derives from. */
export class AddSearchKey1796100100001 implements MigrationInterface {
  readonly name = 'AddSearchKey1796100100001';

  async up(runner: QueryRunner): Promise<void> {
    const isSqlite = runner.connection.options.type === 'better-sqlite3';
    const [whole, tail] = isSqlite
      ? ['integer', '']
      : ['int', ' ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin'];
    await runner.query(
      `CREATE TABLE IF NOT EXISTS search_key (id ${whole} NOT NULL PRIMARY KEY, sealed varchar(200) NOT NULL)${tail}`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE search_key');
  }
}
