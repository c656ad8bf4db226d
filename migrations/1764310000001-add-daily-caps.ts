import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What an account has done on a UTC day, against its daily caps. The keys begin with the day: whole days are forgotten, and what is asked for is
 * always of one day.
 */
export class AddDailyCaps1764310000001 implements MigrationInterface {
  readonly name = 'AddDailyCaps1764310000001';

  async up(runner: QueryRunner): Promise<void> {
    const isSqlite = runner.connection.options.type === 'better-sqlite3';
    const end = isSqlite ? ' WITHOUT ROWID' : ' ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin';
    await runner.query(`CREATE TABLE IF NOT EXISTS daily_count (
      day bigint NOT NULL,
      account_id varchar(20) NOT NULL,
      counted varchar(16) NOT NULL,
      taken ${isSqlite ? 'integer' : 'int'} NOT NULL,
      is_cap_reached ${isSqlite ? 'boolean' : 'tinyint'} NOT NULL,
      PRIMARY KEY (day, account_id, counted)
    )${end}`);
    await runner.query(`CREATE TABLE IF NOT EXISTS daily_destination (
      day bigint NOT NULL,
      account_id varchar(20) NOT NULL,
      party_index varchar(22) NOT NULL,
      PRIMARY KEY (day, account_id, party_index)
    )${end}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE daily_destination');
    await runner.query('DROP TABLE daily_count');
  }
}
