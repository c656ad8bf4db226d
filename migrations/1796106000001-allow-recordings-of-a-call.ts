import type { MigrationInterface, QueryRunner } from 'typeorm';

const NAME = 'recording_call';

/** Plivo may make several recordings of one call: each has a row, and Plivo's name of the call, by which it is asked for all of them. */
export class AllowRecordingsOfACall1796106000001 implements MigrationInterface {
  readonly name = 'AllowRecordingsOfACall1796106000001';

  async up(runner: QueryRunner): Promise<void> {
    if (!(await runner.hasColumn('recording', 'call_uuid')))
      await runner.query('ALTER TABLE recording ADD COLUMN call_uuid varchar(64) NULL');
    if (await isUnique(runner)) await replace(runner, '');
  }

  async down(runner: QueryRunner): Promise<void> {
    // Of each call the first stays.
    await runner.query(
      'DELETE FROM recording WHERE id NOT IN (SELECT id FROM (SELECT MIN(id) AS id FROM recording GROUP BY call_id) kept)',
    );
    await replace(runner, 'UNIQUE');
    await runner.query('ALTER TABLE recording DROP COLUMN call_uuid');
  }
}

/** On MySQL in one statement, so that the index is never missing and a cut leaves either. */
async function replace(runner: QueryRunner, unique: '' | 'UNIQUE'): Promise<void> {
  if (runner.connection.options.type === 'better-sqlite3') {
    await runner.query(`DROP INDEX IF EXISTS ${NAME}`);
    await runner.query(`CREATE ${unique} INDEX ${NAME} ON recording (call_id)`);
  } else await runner.query(`ALTER TABLE recording DROP INDEX ${NAME}, ADD ${unique} INDEX ${NAME} (call_id)`);
}

async function isUnique(runner: QueryRunner): Promise<boolean> {
  const table = await runner.getTable('recording');
  return table?.indices.some(({ name, isUnique: is }) => name === NAME && is) ?? true;
}
