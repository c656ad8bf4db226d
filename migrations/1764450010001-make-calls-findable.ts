import type { MigrationInterface, QueryRunner } from 'typeorm';

const COLUMNS = {
  caller_index: 'varchar(22)',
  dialled_index: 'varchar(22)',
  virtual_number: 'varchar(15)',
  outcome: 'varchar(9)',
};

/** On SQLite those with a condition hold only the calls that have a value. Calls are listed account by account, so the index over all accounts goes. */
const INDEXES: [name: string, columns: string, condition: string][] = [
  ['masked_call_account', 'account_id, created_at', ''],
  ['masked_call_caller', 'caller_index, created_at', 'caller_index IS NOT NULL'],
  ['masked_call_dialled', 'dialled_index, created_at', 'dialled_index IS NOT NULL'],
  ['masked_call_number', 'virtual_number, created_at', 'virtual_number IS NOT NULL'],
  ['masked_call_outcome', 'account_id, outcome, created_at', 'outcome IS NOT NULL'],
];
const FORMER = 'masked_call_created';

/**
 * Calls are found by who called or was called, by the number that was called and by what became of them. Rows of earlier versions get their values later,
 * while the service runs (call-routing/read/reindex-calls.ts): here only columns are added, which rewrites no row, and their indexes.
 */
export class MakeCallsFindable1764450010001 implements MigrationInterface {
  readonly name = 'MakeCallsFindable1764450010001';

  async up(runner: QueryRunner): Promise<void> {
    const table = await runner.getTable('masked_call');
    const has = (name: string): boolean => table?.indices.some((index) => index.name === name) ?? false;
    for (const [name, type] of Object.entries(COLUMNS)) {
      if (!table?.findColumnByName(name)) await runner.query(`ALTER TABLE masked_call ADD COLUMN ${name} ${type}`);
    }
    const missing = INDEXES.filter(([name]) => !has(name));
    if (isSqlite(runner)) {
      for (const [name, columns, condition] of missing) {
        const part = condition === '' ? '' : ` WHERE ${condition}`;
        await runner.query(`CREATE INDEX ${name} ON masked_call (${columns})${part}`);
      }
      await runner.query(`DROP INDEX IF EXISTS ${FORMER}`);
      return;
    }
    // In one statement: the table is walked through once, and calls go on meanwhile.
    const changes = [
      ...missing.map(([name, columns]) => `ADD INDEX ${name} (${columns})`),
      ...(has(FORMER) ? [`DROP INDEX ${FORMER}`] : []),
    ];
    if (changes.length > 0) await runner.query(`ALTER TABLE masked_call ${changes.join(', ')}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE INDEX ${FORMER} ON masked_call (created_at, id)`);
    const onTable = isSqlite(runner) ? '' : ' ON masked_call';
    for (const [name] of INDEXES) await runner.query(`DROP INDEX ${name}${onTable}`);
    for (const name of Object.keys(COLUMNS)) await runner.query(`ALTER TABLE masked_call DROP COLUMN ${name}`);
  }
}

const isSqlite = (runner: QueryRunner): boolean => runner.connection.options.type === 'better-sqlite3';
