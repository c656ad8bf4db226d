import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What deleted calls and sessions had come to, so that the kept sums can be counted again after them. */
export class AddForgottenStat1764410000021 implements MigrationInterface {
  readonly name = 'AddForgottenStat1764410000021';

  async up(runner: QueryRunner): Promise<void> {
    const isSqlite = runner.connection.options.type === 'better-sqlite3';
    const int = isSqlite ? 'integer' : 'int';
    const end = isSqlite ? ' WITHOUT ROWID' : ' ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin';
    await runner.query(`CREATE TABLE IF NOT EXISTS forgotten_stat (
      account_id varchar(20) NOT NULL,
      hour bigint NOT NULL,
      virtual_number varchar(15) NOT NULL,
      calls ${int} NOT NULL,
      connected ${int} NOT NULL,
      talk_seconds bigint NOT NULL,
      billed_seconds bigint NOT NULL,
      amount bigint NOT NULL,
      sessions ${int} NOT NULL,
      fees bigint NOT NULL,
      PRIMARY KEY (account_id, hour, virtual_number)
    )${end}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE forgotten_stat');
  }
}
