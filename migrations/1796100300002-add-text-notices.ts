import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Sentences of our own to people who have written. */
export class AddTextNotices1796100300002 implements MigrationInterface {
  readonly name = 'AddTextNotices1796100300002';

  async up(runner: QueryRunner): Promise<void> {
    const isSqlite = runner.connection.options.type === 'better-sqlite3';
    const [whole, tail] = isSqlite
      ? ['integer', '']
      : ['int', ' ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin'];
    await runner.query(`CREATE TABLE IF NOT EXISTS text_notice (
      id varchar(36) NOT NULL,
      account_id varchar(20) NOT NULL,
      session_id varchar(36) NULL,
      virtual_number varchar(15) NOT NULL,
      recipient varchar(200) NULL,
      recipient_index varchar(22) NOT NULL,
      kind varchar(24) NOT NULL,
      day bigint NOT NULL,
      state varchar(11) NOT NULL,
      reason varchar(24) NULL,
      message_uuid varchar(64) NULL,
      sequence ${whole} NULL,
      units ${whole} NULL,
      amount bigint NULL,
      error_code ${whole} NULL,
      created_at bigint NOT NULL,
      sending_at bigint NULL,
      updated_at bigint NOT NULL,
      PRIMARY KEY (id)
    )${tail}`);
    for (const [name, columns, unique] of INDEXES)
      if (!(await hasIndex(runner, name)))
        await runner.query(`CREATE ${unique ? 'UNIQUE ' : ''}INDEX ${name} ON text_notice (${columns})`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE text_notice');
  }
}

const INDEXES: readonly [name: string, columns: string, unique?: true][] = [
  ['text_notice_day', 'recipient_index, virtual_number, kind, day', true],
  ['text_notice_uuid', 'account_id, message_uuid', true],
  ['text_notice_session', 'session_id'],
  ['text_notice_created', 'created_at'],
];

/** MySQL commits at every statement of this kind, so a migration that was killed is found half done. */
async function hasIndex(runner: QueryRunner, name: string): Promise<boolean> {
  const found = await runner.getTable('text_notice');
  return found?.indices.some((index) => index.name === name) ?? false;
}
