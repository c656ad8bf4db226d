import type { MigrationInterface, QueryRunner, Table } from 'typeorm';
import { mysqlBaseline } from './1763900000001-baseline-mysql.js';
import { sqliteBaseline } from './1763900000001-baseline-sqlite.js';

/**
 * Every table of 0.1.0. It goes by what is there, not by the names that 0.1.0 noted of its 37 migrations: a database that they have made lacks nothing
 * and is only noted; one whose first start was cut off gets what it lacks, since MySQL commits at every DDL statement. For the same reason
 * this one may be cut off anywhere and run again.
 *
 * Later migrations: one change each, plain SQL, two texts where the databases differ, and nothing done when it is there already; never edited once
 * released. docs/decisions/0018-one-baseline.md shows one.
 */
export class Baseline1763900000001 implements MigrationInterface {
  readonly name = 'Baseline1763900000001';

  async up(runner: QueryRunner): Promise<void> {
    await completeTables(runner);
    const statements = baselineOf(runner)
      .split(/;(?:\n+|$)/)
      .filter((statement) => statement.trim() !== '');
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    const tables = [...baselineOf(runner).matchAll(/^CREATE TABLE IF NOT EXISTS (\w+)/gm)].map(([, table]) => table);
    for (const table of tables.toReversed()) await runner.query(`DROP TABLE IF EXISTS ${table}`);
    // 0.1.0 goes by its names alone.
    await runner.query('DELETE FROM migration WHERE timestamp < 1763900000001');
  }
}

const isSqlite = (runner: QueryRunner): boolean => runner.connection.options.type === 'better-sqlite3';

const baselineOf = (runner: QueryRunner): string => (isSqlite(runner) ? sqliteBaseline : mysqlBaseline);

/** What 0.1.0 added to tables that it had made before: the only way in which one of its tables can be there and lack something. */
async function completeTables(runner: QueryRunner): Promise<void> {
  const added = {
    job: { lane: 'varchar(43)' },
    masked_call: { dialled: 'varchar(200)', reconciled_at: 'bigint' },
    interaction: { recording_id: 'varchar(36)', own_amount: 'bigint' },
    masking_session: { fee: 'bigint' },
    call_leg: { is_recorded: isSqlite(runner) ? 'boolean' : 'tinyint' },
  };
  for (const [name, columns] of Object.entries(added)) {
    const table = await runner.getTable(name);
    if (!table) continue;
    for (const [column, type] of Object.entries(columns)) {
      if (!table.findColumnByName(column)) await runner.query(`ALTER TABLE ${name} ADD COLUMN ${column} ${type}`);
    }
    if (name === 'job') await completeJobIndex(runner, table);
  }
}

/** 0.1.0 gave the index two more columns by dropping and making it again. */
async function completeJobIndex(runner: QueryRunner, job: Table): Promise<void> {
  const index = job.indices.find(({ name }) => name === 'job_due');
  if (index?.columnNames.includes('lane')) return;
  if (index) await runner.query(isSqlite(runner) ? 'DROP INDEX job_due' : 'DROP INDEX job_due ON job');
  await runner.query('CREATE INDEX job_due ON job (status, run_at, kind, lane)');
}
