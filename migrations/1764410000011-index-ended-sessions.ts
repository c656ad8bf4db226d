import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The ended sessions of an account in the order of their ends: what is forgotten first stands first, and what is kept is never looked at. On SQLite only
 * ended ones are in it, so that a create writes no page more.
 */
export class IndexEndedSessions1764410000011 implements MigrationInterface {
  readonly name = 'IndexEndedSessions1764410000011';

  async up(runner: QueryRunner): Promise<void> {
    const table = await runner.getTable('masking_session');
    if (table?.indices.some(({ name }) => name === 'masking_session_ended')) return;
    const part = runner.connection.options.type === 'better-sqlite3' ? " WHERE status = 'expired'" : '';
    await runner.query(`CREATE INDEX masking_session_ended ON masking_session (account_id, expires_at, id)${part}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    const onTable = runner.connection.options.type === 'better-sqlite3' ? '' : ' ON masking_session';
    await runner.query(`DROP INDEX masking_session_ended${onTable}`);
  }
}
