import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Pictures and films that come with texts and are passed on. */
export class AddTextMedia1796102000001 implements MigrationInterface {
  readonly name = 'AddTextMedia1796102000001';

  async up(runner: QueryRunner): Promise<void> {
    const isSqlite = runner.connection.options.type === 'better-sqlite3';
    const [whole, tail] = isSqlite
      ? ['integer', '']
      : ['int', ' ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin'];
    await runner.query(`CREATE TABLE IF NOT EXISTS text_media (
      id varchar(36) NOT NULL,
      account_id varchar(20) NOT NULL,
      subaccount_id varchar(20) NULL,
      forward_id varchar(36) NULL,
      position ${whole} NOT NULL,
      status varchar(8) NOT NULL,
      reason varchar(8) NULL,
      media_url text NULL,
      at_plivo varchar(5) NOT NULL,
      format varchar(3) NULL,
      file varchar(60) NULL,
      file_key varchar(200) NULL,
      size ${whole} NULL,
      checksum varchar(43) NULL,
      attempts ${whole} NOT NULL,
      created_at bigint NOT NULL,
      delete_at bigint NULL,
      PRIMARY KEY (id)
    )${tail}`);
    for (const [name, columns] of INDEXES)
      if (!(await hasIndex(runner, name))) await runner.query(`CREATE INDEX ${name} ON text_media (${columns})`);
    if (!(await runner.hasColumn('text_forward', 'media_count')))
      await runner.query(`ALTER TABLE text_forward ADD COLUMN media_count ${whole} NOT NULL DEFAULT 0`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE text_forward DROP COLUMN media_count');
    await runner.query('DROP TABLE text_media');
  }
}

const INDEXES: readonly [name: string, columns: string][] = [
  ['text_media_forward', 'forward_id, position'],
  ['text_media_due', 'status, delete_at'],
];

/** MySQL commits at every statement of this kind, so a migration that was killed is found half done. */
async function hasIndex(runner: QueryRunner, name: string): Promise<boolean> {
  const found = await runner.getTable('text_media');
  return found?.indices.some((index) => index.name === name) ?? false;
}
