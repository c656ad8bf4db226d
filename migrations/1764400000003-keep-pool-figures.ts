import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What live sessions ask of numbers is taken once a minute, and no longer when somebody looks: at a million of them one look took 18 to 38 s. */
export class KeepPoolFigures1764400000003 implements MigrationInterface {
  readonly name = 'KeepPoolFigures1764400000003';

  async up(runner: QueryRunner): Promise<void> {
    const isSqlite = runner.connection.options.type === 'better-sqlite3';
    const [whole, tail] = isSqlite ? ['integer', ' WITHOUT ROWID'] : ['int', ''];
    await runner.query(`CREATE TABLE IF NOT EXISTS number_use (
      virtual_number_id ${whole} NOT NULL,
      sessions ${whole} NOT NULL,
      parties ${whole} NOT NULL,
      taken_at bigint NOT NULL,
      PRIMARY KEY (virtual_number_id)
    )`);
    await runner.query(`CREATE TABLE IF NOT EXISTS pool_use (
      account_id varchar(20) NOT NULL,
      subaccount_id varchar(20) NOT NULL,
      country varchar(2) NOT NULL,
      max_sessions_first ${whole} NOT NULL,
      max_sessions_second ${whole} NOT NULL,
      PRIMARY KEY (account_id, subaccount_id, country)
    )${tail}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE pool_use');
    await runner.query('DROP TABLE number_use');
  }
}
