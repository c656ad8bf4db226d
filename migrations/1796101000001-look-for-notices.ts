import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Sentences of ours of unknown outcome are looked for in Plivo's list as texts are. */
export class LookForNotices1796101000001 implements MigrationInterface {
  readonly name = 'LookForNotices1796101000001';

  async up(runner: QueryRunner): Promise<void> {
    const whole = runner.connection.options.type === 'better-sqlite3' ? 'integer' : 'int';
    for (const [column, type] of [
      ['look_ups', `${whole} NOT NULL DEFAULT 0`],
      ['looked_at', 'bigint NULL'],
      ['look_up_at', 'bigint NULL'],
    ] as const)
      if (!(await runner.hasColumn('text_notice', column)))
        await runner.query(`ALTER TABLE text_notice ADD COLUMN ${column} ${type}`);
    const found = await runner.getTable('text_notice');
    for (const [name, column] of INDEXES)
      if (!found?.indices.some((index) => index.name === name))
        await runner.query(`CREATE INDEX ${name} ON text_notice (account_id, ${column})`);
    // Nobody ever looked for these, and their minutes are over.
    await runner.query("UPDATE text_notice SET state = 'unconfirmed' WHERE state = 'unknown'");
  }

  async down(runner: QueryRunner): Promise<void> {
    const isSqlite = runner.connection.options.type === 'better-sqlite3';
    for (const [name] of INDEXES) await runner.query(`DROP INDEX ${name}${isSqlite ? '' : ' ON text_notice'}`);
    for (const column of ['look_ups', 'looked_at', 'look_up_at'])
      await runner.query(`ALTER TABLE text_notice DROP COLUMN ${column}`);
  }
}

const INDEXES: readonly [name: string, column: string][] = [
  ['text_notice_look_up', 'look_up_at'],
  ['text_notice_looked', 'looked_at'],
];
