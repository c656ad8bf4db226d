import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How many numbers each pool needed at the most on a day: what a forecast is made of. */
export class KeepPoolPeaks1764450050002 implements MigrationInterface {
  readonly name = 'KeepPoolPeaks1764450050002';

  async up(runner: QueryRunner): Promise<void> {
    const isSqlite = runner.connection.options.type === 'better-sqlite3';
    const [whole, tail] = isSqlite
      ? ['integer', ' WITHOUT ROWID']
      : ['int', ' ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin'];
    await runner.query(`CREATE TABLE IF NOT EXISTS pool_peak (
      account_id varchar(20) NOT NULL,
      subaccount_id varchar(20) NOT NULL,
      country varchar(2) NOT NULL,
      day bigint NOT NULL,
      numbers_needed ${whole} NOT NULL,
      PRIMARY KEY (account_id, subaccount_id, country, day)${isSqlite ? '' : ', INDEX pool_peak_day (day)'}
    )${tail}`);
    if (isSqlite) await runner.query('CREATE INDEX IF NOT EXISTS pool_peak_day ON pool_peak (day)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE pool_peak');
  }
}
