import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How far a recount has come, so that one that was cut short goes on there. */
export class AddRecountProgress1764000000301 implements MigrationInterface {
  readonly name = 'AddRecountProgress1764000000301';

  async up(runner: QueryRunner): Promise<void> {
    const isSqlite = runner.connection.options.type === 'better-sqlite3';
    await runner.query(
      isSqlite
        ? `CREATE TABLE IF NOT EXISTS stat_recount_progress (
             is_repair boolean NOT NULL PRIMARY KEY, turn integer NOT NULL, state text NOT NULL)`
        : `CREATE TABLE IF NOT EXISTS stat_recount_progress (
             is_repair tinyint(1) NOT NULL PRIMARY KEY, turn int NOT NULL, state text NOT NULL)
             ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE stat_recount_progress');
  }
}
