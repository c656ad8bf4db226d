import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a table of sums is keyed by and says of it, before and after. */
const TABLES = [
  {
    table: 'call_stat',
    columns: ['account_id varchar(20)', 'virtual_number varchar(15)', 'hour bigint', 'shard int'],
    before: ['account_id', 'virtual_number', 'hour', 'shard'],
    after: ['account_id', 'virtual_number', 'hour', 'direction', 'subaccount_id', 'shard'],
  },
  {
    table: 'session_stat',
    columns: ['session_id varchar(36)', 'hour bigint', 'account_id varchar(20)', 'virtual_number varchar(15)'],
    before: ['session_id', 'hour'],
    after: ['session_id', 'hour', 'direction'],
  },
  {
    table: 'forgotten_stat',
    columns: ['account_id varchar(20)', 'hour bigint', 'virtual_number varchar(15)'],
    before: ['account_id', 'hour', 'virtual_number'],
    after: ['account_id', 'hour', 'virtual_number', 'direction', 'subaccount_id'],
  },
];
type Table = (typeof TABLES)[number];

const PLACE = [
  "direction varchar(9) NOT NULL DEFAULT 'unknown'",
  "subaccount_id varchar(20) NOT NULL DEFAULT 'unknown'",
];
const OWN = 'own_amount bigint NOT NULL DEFAULT 0';
const SUMS = ['calls', 'connected', 'talk_seconds', 'billed_seconds', 'amount', 'sessions', 'fees'];
const WHOLE = new Set(['calls', 'connected', 'sessions']);
/** Of no process, so that what is written there anew, after a start that was killed, is the same row. */
const SHARD = -1;

/**
 * Sums are kept by quarter of an hour, direction and subaccount, and the own prices of minutes apart from Plivo's. What is there keeps its hour and is
 * `unknown` in the rest, as is what a version before this one goes on writing while both run. The own prices in it are taken from the calls that are still
 * there; of deleted ones nobody knows them, and they stay among Plivo's.
 */
export class SplitStats1764450030001 implements MigrationInterface {
  readonly name = 'SplitStats1764450030001';

  async up(runner: QueryRunner): Promise<void> {
    for (const column of PLACE) {
      const [name = ''] = column.split(' ');
      if (!(await runner.hasColumn('call_tally', name)))
        await runner.query(`ALTER TABLE call_tally ADD COLUMN ${column}`);
    }
    for (const table of TABLES) {
      if (await runner.hasColumn(table.table, 'own_amount')) continue;
      if (isSqlite(runner)) await replace(runner, table, { isSplit: true, take: (columns) => columns });
      // In place, while others write.
      else
        await runner.query(
          `ALTER TABLE ${table.table} ${[...PLACE, OWN].map((column) => `ADD COLUMN ${column}`).join(', ')},
           DROP PRIMARY KEY, ADD PRIMARY KEY (${table.after.join(', ')})`,
        );
    }
    await takeOwnPricesOver(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    const take = (columns: string[], { before }: Table): string[] =>
      columns.map((column) => {
        if (column === 'hour') return 'hour - hour % 3600000 AS hour';
        if (before.includes(column)) return column;
        return `${SUMS.includes(column) ? 'SUM' : 'MAX'}(${column}) AS ${column}`;
      });
    for (const table of TABLES) await replace(runner, table, { isSplit: false, take });
    await runner.query(`UPDATE call_tally SET hour = hour - hour % 3600000`);
    for (const column of ['direction', 'subaccount_id'])
      await runner.query(`ALTER TABLE call_tally DROP COLUMN ${column}`);
  }
}

function isSqlite(runner: QueryRunner): boolean {
  return runner.connection.options.type === 'better-sqlite3';
}

/** A table with another key: made anew, and filled from the one before. */
async function replace(
  runner: QueryRunner,
  table: Table,
  { isSplit, take }: { isSplit: boolean; take: (columns: string[], table: Table) => string[] },
): Promise<void> {
  const name = table.table;
  const kept = [...table.columns.map((column) => column.split(' ')[0] ?? ''), ...SUMS];
  const key = isSplit ? table.after : table.before;
  const index = name === 'session_stat' ? 'session_stat_hour' : null;
  const lines = [
    ...table.columns.map((column) => `${column} NOT NULL`),
    ...SUMS.map((sum) => `${sum} ${WHOLE.has(sum) ? 'int' : 'bigint'} NOT NULL`),
    ...(isSplit ? [...PLACE, OWN] : []),
    `PRIMARY KEY (${key.join(', ')})`,
    ...(index !== null && !isSqlite(runner) ? [`INDEX ${index} (account_id, hour)`] : []),
  ];
  const text = lines.join(', ');
  const end = isSqlite(runner) ? 'WITHOUT ROWID' : 'ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin';
  await runner.query(`DROP TABLE IF EXISTS ${name}_new`);
  await runner.query(
    `CREATE TABLE ${name}_new (${isSqlite(runner) ? text.replaceAll(/ int NOT/g, ' integer NOT') : text}) ${end}`,
  );
  const grouped = isSplit
    ? ''
    : `GROUP BY ${key.map((column) => (column === 'hour' ? 'hour - hour % 3600000' : column)).join(', ')}`;
  await runner.query(
    `INSERT INTO ${name}_new (${kept.join(', ')}) SELECT ${take(kept, table).join(', ')} FROM ${name} ${grouped}`,
  );
  await runner.query(`DROP TABLE ${name}`);
  await runner.query(`ALTER TABLE ${name}_new RENAME TO ${name}`);
  if (index !== null && isSqlite(runner)) await runner.query(`CREATE INDEX ${index} ON ${name} (account_id, hour)`);
}

/** Setting, not adding, so that it may be done twice. */
async function takeOwnPricesOver(runner: QueryRunner): Promise<void> {
  const nothing = SUMS.map(() => '0').join(', ');
  const set = (key: string[]): string =>
    isSqlite(runner)
      ? `ON CONFLICT (${key.join(', ')}) DO UPDATE SET own_amount = excluded.own_amount`
      : 'ON DUPLICATE KEY UPDATE own_amount = VALUES(own_amount)';
  const older = "FROM call_tally WHERE own_amount <> 0 AND direction = 'unknown'";
  for (const number of ['virtual_number', "''"])
    await runner.query(
      `INSERT INTO call_stat (account_id, virtual_number, hour, shard, ${SUMS.join(', ')}, own_amount)
       SELECT account_id, ${number} AS number, hour, ${SHARD} AS shard, ${nothing}, SUM(own_amount) ${older}
       GROUP BY account_id, number, hour ${set(['account_id', 'virtual_number', 'hour', 'direction', 'subaccount_id', 'shard'])}`,
    );
  await runner.query(
    `INSERT INTO session_stat (session_id, hour, account_id, virtual_number, ${SUMS.join(', ')}, own_amount)
     SELECT session_id, hour, MAX(account_id), MAX(virtual_number), ${nothing}, SUM(own_amount) ${older} AND session_id IS NOT NULL
     GROUP BY session_id, hour ${set(['session_id', 'hour', 'direction'])}`,
  );
}
