import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which webhooks were refused lately, and why. */
export class AddRefusedWebhook1764200000301 implements MigrationInterface {
  readonly name = 'AddRefusedWebhook1764200000301';

  async up(runner: QueryRunner): Promise<void> {
    if (await runner.hasTable('refused_webhook')) return;
    const isSqlite = runner.connection.options.type === 'better-sqlite3';
    const [int, key, engine] = isSqlite
      ? ['integer', '', '']
      : [
          'int',
          ', INDEX refused_webhook_account (account_id, at)',
          ' ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin',
        ];
    await runner.query(
      `CREATE TABLE refused_webhook (
         account_id varchar(20) NOT NULL, minute bigint NOT NULL, path varchar(120) NOT NULL, method varchar(10) NOT NULL,
         reason varchar(20) NOT NULL, signed_url varchar(300) NOT NULL, at bigint NOT NULL, count ${int} NOT NULL,
         PRIMARY KEY (account_id, minute, path, method, reason)${key})${engine}`,
    );
    if (isSqlite) await runner.query('CREATE INDEX refused_webhook_account ON refused_webhook (account_id, at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE refused_webhook');
  }
}
