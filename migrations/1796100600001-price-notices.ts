import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What carriers charge for a sentence of ours, and when Plivo is to be asked for it: as of texts that are passed on. */
export class PriceNotices1796100600001 implements MigrationInterface {
  readonly name = 'PriceNotices1796100600001';

  async up(runner: QueryRunner): Promise<void> {
    for (const column of COLUMNS)
      if (!(await runner.hasColumn('text_notice', column)))
        await runner.query(`ALTER TABLE text_notice ADD COLUMN ${column} bigint NULL`);
    const found = await runner.getTable('text_notice');
    if (!found?.indices.some(({ name }) => name === INDEX))
      await runner.query(`CREATE INDEX ${INDEX} ON text_notice (account_id, price_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    const isSqlite = runner.connection.options.type === 'better-sqlite3';
    await runner.query(`DROP INDEX ${INDEX}${isSqlite ? '' : ' ON text_notice'}`);
    for (const column of COLUMNS) await runner.query(`ALTER TABLE text_notice DROP COLUMN ${column}`);
  }
}

const INDEX = 'text_notice_price';
const COLUMNS = ['carrier_fee', 'price_at'];
