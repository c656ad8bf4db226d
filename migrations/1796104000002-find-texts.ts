import type { MigrationInterface, QueryRunner } from 'typeorm';

const INDEXES: readonly [name: string, table: string, columns: string][] = [
  ['text_message_account', 'text_message', 'account_id, decision, received_at'],
  ['text_message_number', 'text_message', 'virtual_number, received_at'],
  ['text_forward_person', 'text_forward', 'recipient_index, received_at, text_id'],
  ['text_forward_state', 'text_forward', 'account_id, state, received_at, text_id'],
];
/** What it was for, the one of persons is for too. */
const FORMER = ['text_forward_recipient', 'text_forward', 'recipient_index, created_at'] as const;

/** Texts are found by account, number, person and by what became of them, the newest first. */
export class FindTexts1796104000002 implements MigrationInterface {
  readonly name = 'FindTexts1796104000002';

  async up(runner: QueryRunner): Promise<void> {
    if (!(await runner.hasColumn('text_forward', 'received_at')))
      await runner.query('ALTER TABLE text_forward ADD COLUMN received_at bigint NOT NULL DEFAULT 0');
    await runner.query(
      `UPDATE text_forward SET received_at = COALESCE((SELECT t.received_at FROM text_message t WHERE t.id = text_forward.text_id), created_at)
       WHERE received_at = 0`,
    );
    for (const [name, table, columns] of INDEXES)
      if (!(await hasIndex(runner, table, name))) await runner.query(`CREATE INDEX ${name} ON ${table} (${columns})`);
    const [name, table] = FORMER;
    if (await hasIndex(runner, table, name)) await runner.query(`DROP INDEX ${name}${onTable(runner, table)}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    const [name, table, columns] = FORMER;
    await runner.query(`CREATE INDEX ${name} ON ${table} (${columns})`);
    for (const [index, of] of INDEXES) await runner.query(`DROP INDEX ${index}${onTable(runner, of)}`);
    await runner.query('ALTER TABLE text_forward DROP COLUMN received_at');
  }
}

function onTable(runner: QueryRunner, table: string): string {
  return runner.connection.options.type === 'better-sqlite3' ? '' : ` ON ${table}`;
}

/** MySQL commits at every statement of this kind, so a migration that was killed is found half done. */
async function hasIndex(runner: QueryRunner, table: string, name: string): Promise<boolean> {
  const found = await runner.getTable(table);
  return found?.indices.some((index) => index.name === name) ?? false;
}
