import type { DataSource } from 'typeorm';

/** What a value is compared as: a whole number, or a text. There is nothing else in our tables. */
type Kind = 'whole' | 'text';

const KINDS: Readonly<Record<string, Kind>> = {
  int: 'whole',
  integer: 'whole',
  bigint: 'whole',
  boolean: 'whole',
  tinyint: 'whole',
  varchar: 'text',
  text: 'text',
};

export interface MovedTable {
  name: string;
  columns: readonly { name: string; kind: Kind }[];
  /** Places of the primary key among the columns. */
  key: readonly number[];
  /** The column that the database numbers by itself. */
  counted: string | null;
}

/** They tell of the one database that they are in. */
export const STAYING: readonly string[] = ['migration', 'database_move'];

/**
 * All tables and columns, from the entities, in the order in which they are moved. Throws at a type that nobody has thought of yet; that nothing is left out is
 * looked at in both databases before each move (`unlike`), and by a spec.
 */
export function movedTables({ entityMetadatas }: DataSource): MovedTable[] {
  return entityMetadatas
    .filter(({ tableName }) => !STAYING.includes(tableName))
    .map(({ tableName, columns }) => ({
      name: tableName,
      columns: columns.map(({ databaseName, type }) => ({
        name: databaseName,
        kind: kindOf(type, `${tableName}.${databaseName}`),
      })),
      key: columns.flatMap(({ isPrimary }, place) => (isPrimary ? [place] : [])),
      counted: columns.find(({ isGenerated }) => isGenerated)?.databaseName ?? null,
    }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

function kindOf(type: unknown, where: string): Kind {
  const kind = typeof type === 'string' ? KINDS[type] : undefined;
  if (kind === undefined) throw new Error(`${where} is of a type that is not moved yet: ${String(type)}`);
  return kind;
}

/** Tables and columns that a database has and the list does not, or the other way round, by name. */
export function unlike(tables: readonly MovedTable[], found: ReadonlyMap<string, readonly string[]>): string[] {
  const namesOf = (table: string, columns: readonly string[]): string[] =>
    columns.map((column) => `${table}.${column}`);
  const listed = new Set(
    tables.flatMap(({ name, columns }) =>
      namesOf(
        name,
        columns.map((column) => column.name),
      ),
    ),
  );
  const there = new Set(
    [...found].flatMap(([name, columns]) => (STAYING.includes(name) ? [] : namesOf(name, columns))),
  );
  return [...listed].filter((name) => !there.has(name)).concat([...there].filter((name) => !listed.has(name)));
}
