import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What became of the calls on each number, hour by hour: a week of calls is too much to look at whenever somebody asks which numbers fail. */
export class KeepNumberFacts1764450050003 implements MigrationInterface {
  readonly name = 'KeepNumberFacts1764450050003';

  async up(runner: QueryRunner): Promise<void> {
    const isSqlite = runner.connection.options.type === 'better-sqlite3';
    const [whole, tail] = isSqlite
      ? ['integer', ' WITHOUT ROWID']
      : ['int', ' ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin'];
    await runner.query(`CREATE TABLE IF NOT EXISTS number_fact (
      account_id varchar(20) NOT NULL,
      hour bigint NOT NULL,
      virtual_number varchar(15) NOT NULL,
      fact varchar(40) NOT NULL,
      calls ${whole} NOT NULL,
      PRIMARY KEY (account_id, hour, virtual_number, fact)${isSqlite ? '' : ', INDEX number_fact_hour (hour)'}
    )${tail}`);
    if (isSqlite) await runner.query('CREATE INDEX IF NOT EXISTS number_fact_hour ON number_fact (hour)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE number_fact');
  }
}
