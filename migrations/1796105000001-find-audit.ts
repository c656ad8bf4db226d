import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLE = 'audit_entry';
const INDEXES: readonly [name: string, columns: string][] = [
  ['audit_entry_time', 'at, id'],
  ['audit_entry_actor', 'actor, at, id'],
  ['audit_entry_operator', 'operator, at, id'],
  ['audit_entry_action', 'action, at, id'],
  ['audit_entry_target', 'target, at, id'],
];
/** By its instant alone: entries of the same one would be sorted anew for each page. */
const FORMER = ['audit_entry_at', 'at'] as const;

/** The audit is searched by who, what, to what and when, the newest first. */
export class FindAudit1796105000001 implements MigrationInterface {
  readonly name = 'FindAudit1796105000001';

  async up(runner: QueryRunner): Promise<void> {
    for (const [name, columns] of INDEXES)
      if (!(await hasIndex(runner, name))) await runner.query(`CREATE INDEX ${name} ON ${TABLE} (${columns})`);
    if (await hasIndex(runner, FORMER[0])) await drop(runner, FORMER[0]);
  }

  async down(runner: QueryRunner): Promise<void> {
    const [name, columns] = FORMER;
    await runner.query(`CREATE INDEX ${name} ON ${TABLE} (${columns})`);
    for (const [index] of INDEXES) await drop(runner, index);
  }
}

async function drop(runner: QueryRunner, name: string): Promise<void> {
  const on = runner.connection.options.type === 'better-sqlite3' ? '' : ` ON ${TABLE}`;
  await runner.query(`DROP INDEX ${name}${on}`);
}

/** MySQL commits at every statement of this kind, so a migration that was killed is found half done. */
async function hasIndex(runner: QueryRunner, name: string): Promise<boolean> {
  const table = await runner.getTable(TABLE);
  return table?.indices.some((index) => index.name === name) ?? false;
}
