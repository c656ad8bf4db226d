import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Texts that people wrote to virtual numbers, and those that were sent on. */
export class AddTexts1796000500002 implements MigrationInterface {
  readonly name = 'AddTexts1796000500002';

  async up(runner: QueryRunner): Promise<void> {
    const isSqlite = runner.connection.options.type === 'better-sqlite3';
    const [whole, yes, tail] = isSqlite
      ? ['integer', 'boolean', '']
      : ['int', 'tinyint', ' ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin'];
    await runner.query(`CREATE TABLE IF NOT EXISTS text_message (
      id varchar(36) NOT NULL,
      account_id varchar(20) NOT NULL,
      message_uuid varchar(64) NOT NULL,
      session_id varchar(36) NULL,
      sender_role varchar(6) NULL,
      virtual_number varchar(15) NULL,
      sender varchar(200) NULL,
      sender_index varchar(22) NULL,
      decision varchar(7) NOT NULL,
      reason varchar(24) NULL,
      is_hint ${yes} NOT NULL,
      body text NULL,
      units ${whole} NULL,
      amount bigint NULL,
      media_count ${whole} NOT NULL,
      received_at bigint NOT NULL,
      PRIMARY KEY (id)
    )${tail}`);
    await runner.query(`CREATE TABLE IF NOT EXISTS text_forward (
      id varchar(36) NOT NULL,
      account_id varchar(20) NOT NULL,
      text_id varchar(36) NOT NULL,
      session_id varchar(36) NOT NULL,
      sender_role varchar(6) NOT NULL,
      position ${whole} NOT NULL,
      virtual_number varchar(15) NOT NULL,
      recipient varchar(200) NULL,
      recipient_index varchar(22) NULL,
      body text NULL,
      state varchar(11) NOT NULL,
      reason varchar(24) NULL,
      attempt ${whole} NOT NULL,
      message_uuid varchar(64) NULL,
      sequence ${whole} NULL,
      units ${whole} NULL,
      amount bigint NULL,
      error_code ${whole} NULL,
      created_at bigint NOT NULL,
      tried_at bigint NULL,
      sending_at bigint NULL,
      look_ups ${whole} NOT NULL,
      looked_at bigint NULL,
      look_up_at bigint NULL,
      updated_at bigint NOT NULL,
      PRIMARY KEY (id)
    )${tail}`);
    for (const [name, table, columns, unique] of INDEXES)
      if (!(await hasIndex(runner, table, name)))
        await runner.query(`CREATE ${unique ? 'UNIQUE ' : ''}INDEX ${name} ON ${table} (${columns})`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE text_forward');
    await runner.query('DROP TABLE text_message');
  }
}

const INDEXES: readonly [name: string, table: string, columns: string, unique?: true][] = [
  ['text_message_uuid', 'text_message', 'account_id, message_uuid', true],
  ['text_message_session', 'text_message', 'session_id, sender_role, received_at'],
  ['text_message_sender', 'text_message', 'sender_index, received_at'],
  ['text_forward_lane', 'text_forward', 'session_id, sender_role, position', true],
  ['text_forward_open', 'text_forward', 'session_id, sender_role, state'],
  ['text_forward_text', 'text_forward', 'text_id'],
  ['text_forward_uuid', 'text_forward', 'account_id, message_uuid', true],
  ['text_forward_look_up', 'text_forward', 'account_id, look_up_at'],
  ['text_forward_looked', 'text_forward', 'account_id, looked_at'],
  ['text_forward_recipient', 'text_forward', 'recipient_index, created_at'],
];

/** MySQL commits at every statement of this kind, so a migration that was killed is found half done. */
async function hasIndex(runner: QueryRunner, table: string, name: string): Promise<boolean> {
  const found = await runner.getTable(table);
  return found?.indices.some((index) => index.name === name) ?? false;
}
