import type { MigrationInterface, QueryRunner } from 'typeorm';

const PAGE = 500;

/**
 * A subaccount lists its calls, the last ended first; without an index that begins with it each page looks through all that its account's calls have had.
 * Legs stored until now are filled in here; those that an older version stores while it still runs beside this one are left out of that list.
 */
export class AddSubaccountToCallLeg1764320000001 implements MigrationInterface {
  readonly name = 'AddSubaccountToCallLeg1764320000001';

  async up(runner: QueryRunner): Promise<void> {
    if (!(await runner.hasColumn('call_leg', 'subaccount_id')))
      await runner.query('ALTER TABLE call_leg ADD COLUMN subaccount_id varchar(20) NULL');
    await fillIn(runner);
    const index = 'CREATE INDEX call_leg_subaccount ON call_leg (account_id, subaccount_id, ended_at, leg_uuid)';
    // What MySQL knows no indexes of: part of the rows.
    const part = runner.connection.options.type === 'better-sqlite3' ? ' WHERE subaccount_id IS NOT NULL' : '';
    const table = await runner.getTable('call_leg');
    if (!table?.indices.some(({ name }) => name === 'call_leg_subaccount')) await runner.query(index + part);
  }

  async down(runner: QueryRunner): Promise<void> {
    const isSqlite = runner.connection.options.type === 'better-sqlite3';
    await runner.query(`DROP INDEX call_leg_subaccount${isSqlite ? '' : ' ON call_leg'}`);
    await runner.query('ALTER TABLE call_leg DROP COLUMN subaccount_id');
  }
}

/** A page of sessions at a time, which are read and not locked: an older version may be answering calls meanwhile. A run that was cut short goes on. */
async function fillIn(runner: QueryRunner): Promise<void> {
  for (let after = ''; ;) {
    const sessions = (await runner.query(
      `SELECT id, subaccount_id FROM masking_session WHERE id > ? AND subaccount_id IS NOT NULL ORDER BY id LIMIT ${PAGE}`,
      [after],
    )) as { id: string; subaccount_id: string }[];
    for (const subaccountId of new Set(sessions.map((session) => session.subaccount_id))) {
      const ids = sessions.filter((session) => session.subaccount_id === subaccountId).map(({ id }) => id);
      await runner.query(
        `UPDATE call_leg SET subaccount_id = ? WHERE session_id IN (${ids.map(() => '?').join(', ')}) AND subaccount_id IS NULL`,
        [subaccountId, ...ids],
      );
    }
    const last = sessions.at(-1);
    if (last === undefined) return;
    after = last.id;
  }
}
