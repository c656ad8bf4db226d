import type { EntityManager } from 'typeorm';
import { marks, type Table } from './rows.js';

/**
 * Adds to the numbers of a row, or makes it: in one statement, and of two at once the later adds to what the earlier has made. `key` is the table's
 * primary key, `sums` is what is added to and never null, and `once` is what a row is made with.
 */
export class Additions<
  Entity extends object,
  Key extends keyof Entity & string,
  Sum extends keyof Entity & string,
  Once extends keyof Entity & string = never,
> {
  private readonly onSqlite: string;
  private readonly onMysql: string;

  constructor(
    table: Table<Entity>,
    private readonly key: readonly Key[],
    private readonly sums: readonly Sum[],
    private readonly once: readonly Once[] = [],
  ) {
    const columns = [...key, ...sums, ...once].map((name) => table.column(name));
    const insert = `INSERT INTO ${table.name} (${columns.join(', ')}) VALUES (${marks(columns)})`;
    const plus = (more: (column: string) => string): string =>
      sums
        .map((name) => table.column(name))
        .map((column) => `${column} = ${table.name}.${column} + ${more(column)}`)
        .join(', ');
    const keyColumns = key.map((name) => table.column(name)).join(', ');
    this.onSqlite = `${insert} ON CONFLICT (${keyColumns}) DO UPDATE SET ${plus((column) => `excluded.${column}`)}`;
    this.onMysql = `${insert} ON DUPLICATE KEY UPDATE ${plus((column) => `VALUES(${column})`)}`;
  }

  async add(
    manager: EntityManager,
    { isSqlite }: { isSqlite: boolean },
    row: Pick<Entity, Key | Sum | Once>,
  ): Promise<void> {
    const values = [...this.key, ...this.sums, ...this.once].map((name) => row[name]);
    await manager.query(isSqlite ? this.onSqlite : this.onMysql, values);
  }
}
