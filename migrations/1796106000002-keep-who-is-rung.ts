import type { MigrationInterface, QueryRunner } from 'typeorm';

const INDEX = 'call_request_rung';

/** Whom a requested call rings, sealed: its session may have somebody else by the time that Plivo is asked what became of it. */
export class KeepWhoIsRung1796106000002 implements MigrationInterface {
  readonly name = 'KeepWhoIsRung1796106000002';

  async up(runner: QueryRunner): Promise<void> {
    if (!(await runner.hasColumn('call_request', 'rung')))
      await runner.query('ALTER TABLE call_request ADD COLUMN rung varchar(200) NULL');
    const table = await runner.getTable('call_request');
    if (!table?.indices.some(({ name }) => name === INDEX))
      await runner.query(`CREATE INDEX ${INDEX} ON call_request (account_id, rung)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    const on = runner.connection.options.type === 'better-sqlite3' ? '' : ' ON call_request';
    await runner.query(`DROP INDEX ${INDEX}${on}`);
    await runner.query('ALTER TABLE call_request DROP COLUMN rung');
  }
}
