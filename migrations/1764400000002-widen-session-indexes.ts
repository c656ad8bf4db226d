import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The indexes of sessions, widened so that lists and figures are read from them alone; none is added, so that a create writes as many pages as before.
 * - created: a list's order and its filters on times. Without the id each page was sorted anew; without expiry and subaccount each row was visited.
 * - due: sessions that end within some minutes, by when they were created: what the kept counts leave open.
 * - first, second: a party's sessions, and how many of them live on which number, without visiting the rows.
 * - number: by digits, as lists are asked for and as ended sessions keep it when its number has left the pool.
 */
const INDEXES = [
  ['masking_session_created', 'account_id, created_at', 'account_id, created_at, id, expires_at, subaccount_id'],
  ['masking_session_due', 'status, expires_at', 'status, expires_at, id, account_id, created_at, subaccount_id'],
  ['masking_session_first', 'first_index', 'first_index, expires_at, virtual_number_id'],
  ['masking_session_second', 'second_index', 'second_index, expires_at, virtual_number_id'],
  [
    'masking_session_number',
    'virtual_number_id, created_at',
    'virtual_number, account_id, created_at, expires_at, subaccount_id',
  ],
] as const;

export class WidenSessionIndexes1764400000002 implements MigrationInterface {
  readonly name = 'WidenSessionIndexes1764400000002';

  async up(runner: QueryRunner): Promise<void> {
    for (const [name, , columns] of INDEXES) await replace(runner, name, columns);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const [name, columns] of INDEXES) await replace(runner, name, columns);
  }
}

/** On MySQL in one statement, so that an index is never missing and a cut leaves either. */
async function replace(runner: QueryRunner, name: string, columns: string): Promise<void> {
  if (runner.connection.options.type === 'better-sqlite3') {
    await runner.query(`DROP INDEX IF EXISTS ${name}`);
    await runner.query(`CREATE INDEX ${name} ON masking_session (${columns})`);
  } else await runner.query(`ALTER TABLE masking_session DROP INDEX ${name}, ADD INDEX ${name} (${columns})`);
}
