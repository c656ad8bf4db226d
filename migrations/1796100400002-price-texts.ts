import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What carriers charge for a text, and when Plivo is to be asked for it. */
export class PriceTexts1796100400002 implements MigrationInterface {
  readonly name = 'PriceTexts1796100400002';

  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) {
      for (const column of COLUMNS)
        if (!(await runner.hasColumn(table, column)))
          await runner.query(`ALTER TABLE ${table} ADD COLUMN ${column} bigint NULL`);
      const found = await runner.getTable(table);
      if (!found?.indices.some(({ name }) => name === `${table}_price`))
        await runner.query(`CREATE INDEX ${table}_price ON ${table} (account_id, price_at)`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    const isSqlite = runner.connection.options.type === 'better-sqlite3';
    for (const table of TABLES) {
      await runner.query(`DROP INDEX ${table}_price${isSqlite ? '' : ` ON ${table}`}`);
      for (const column of COLUMNS) await runner.query(`ALTER TABLE ${table} DROP COLUMN ${column}`);
    }
  }
}

const TABLES = ['text_message', 'text_forward'];
const COLUMNS = ['carrier_fee', 'price_at'];
