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
  private readonly insert: string;
  private readonly row: string;
  private readonly also: { sqlite: string; mysql: string };
  /** Of one row, as it is nearly always: what is prepared is found by the text, and one that is put together anew takes longer. */
  private readonly single: { sqlite: string; mysql: string };

  constructor(
    table: Table<Entity>,
    private readonly key: readonly Key[],
    private readonly sums: readonly Sum[],
    private readonly once: readonly Once[] = [],
  ) {
    const columns = [...key, ...sums, ...once].map((name) => table.column(name));
    this.insert = `INSERT INTO ${table.name} (${columns.join(', ')}) VALUES `;
    this.row = `(${marks(columns)})`;
    const plus = (more: (column: string) => string): string =>
      sums
        .map((name) => table.column(name))
        .map((column) => `${column} = ${table.name}.${column} + ${more(column)}`)
        .join(', ');
    const keyColumns = key.map((name) => table.column(name)).join(', ');
    this.also = {
      sqlite: ` ON CONFLICT (${keyColumns}) DO UPDATE SET ${plus((column) => `excluded.${column}`)}`,
      mysql: ` ON DUPLICATE KEY UPDATE ${plus((column) => `VALUES(${column})`)}`,
    };
    const one = this.insert + this.row;
    this.single = { sqlite: one + this.also.sqlite, mysql: one + this.also.mysql };
  }

  /** Several rows are added to each by itself, in the order in which they are given. */
  async add(
    manager: EntityManager,
    { isSqlite }: { isSqlite: boolean },
    ...rows: readonly Pick<Entity, Key | Sum | Once>[]
  ): Promise<void> {
    if (rows.length === 0) return;
    const names = [...this.key, ...this.sums, ...this.once];
    const values = rows.flatMap((row) => names.map((name) => row[name]));
    await manager.query(this.textFor(rows.length, isSqlite ? 'sqlite' : 'mysql'), values);
  }

  private textFor(rows: number, kind: 'sqlite' | 'mysql'): string {
    if (rows === 1) return this.single[kind];
    return `${this.insert}${Array.from({ length: rows }, () => this.row).join(', ')}${this.also[kind]}`;
  }
}
