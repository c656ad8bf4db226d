import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Made without a word on their collation, so with that of the database: a dump of MySQL's own default (utf8mb4_0900_ai_ci) is not read by MariaDB. */
const TABLES = ['session_fold', 'session_count', 'number_use', 'pool_use', 'migration'];

interface Collation {
  name: string;
}

export class CompareByBytes1796108000002 implements MigrationInterface {
  readonly name = 'CompareByBytes1796108000002';

  async up(runner: QueryRunner): Promise<void> {
    if (runner.connection.options.type === 'better-sqlite3') return;
    for (const table of TABLES) {
      const [found] = (await runner.query(
        'SELECT table_collation AS name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = ?',
        [table],
      )) as Collation[];
      if (found && found.name !== 'utf8mb4_bin')
        await runner.query(`ALTER TABLE ${table} CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);
    }
  }

  /** What it was nobody knows, and nothing asks for it. */
  async down(): Promise<void> {
    await Promise.resolve();
  }
}
