import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who has asked not to be written to from which number. */
export class AddTextOptOuts1796100300001 implements MigrationInterface {
  readonly name = 'AddTextOptOuts1796100300001';

  async up(runner: QueryRunner): Promise<void> {
    const isSqlite = runner.connection.options.type === 'better-sqlite3';
    const [yes, tail] = isSqlite
      ? ['boolean', '']
      : ['tinyint', ' ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin'];
    await runner.query(`CREATE TABLE IF NOT EXISTS text_opt_out (
      id varchar(36) NOT NULL,
      account_id varchar(20) NOT NULL,
      party_index varchar(22) NOT NULL,
      virtual_number varchar(15) NOT NULL,
      campaign_id varchar(64) NULL,
      kind varchar(3) NOT NULL,
      source varchar(7) NOT NULL,
      cause_id varchar(36) NOT NULL,
      at bigint NOT NULL,
      is_settled ${yes} NOT NULL,
      created_at bigint NOT NULL,
      PRIMARY KEY (id)
    )${tail}`);
    for (const [name, columns, unique] of INDEXES)
      if (!(await hasIndex(runner, name)))
        await runner.query(`CREATE ${unique ? 'UNIQUE ' : ''}INDEX ${name} ON text_opt_out (${columns})`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE text_opt_out');
  }
}

const INDEXES: readonly [name: string, columns: string, unique?: true][] = [
  ['text_opt_out_cause', 'account_id, party_index, cause_id', true],
  ['text_opt_out_created', 'created_at, id'],
];

/** MySQL commits at every statement of this kind, so a migration that was killed is found half done. */
async function hasIndex(runner: QueryRunner, name: string): Promise<boolean> {
  const found = await runner.getTable('text_opt_out');
  return found?.indices.some((index) => index.name === name) ?? false;
}
