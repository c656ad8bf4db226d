import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The calls that heard a session's prompt and came to no session were found by walking all calls: 0.7 s with 400,000 refused ones. */
export class IndexPromptedCalls1764000000201 implements MigrationInterface {
  readonly name = 'IndexPromptedCalls1764000000201';

  async up(runner: QueryRunner): Promise<void> {
    const table = await runner.getTable('masked_call');
    if (table?.indices.some(({ name }) => name === 'masked_call_prompt_session')) return;
    await runner.query('CREATE INDEX masked_call_prompt_session ON masked_call (prompt_session_id, created_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    const onTable = runner.connection.options.type === 'better-sqlite3' ? '' : ' ON masked_call';
    await runner.query(`DROP INDEX masked_call_prompt_session${onTable}`);
  }
}
