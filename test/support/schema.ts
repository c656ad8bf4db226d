import type { DataSource } from 'typeorm';

/**
 * All that a database says of its tables: columns with types and collation, keys, how rows are stored. Without the columns' order, which a column added
 * later cannot share.
 */
export async function schemaOf(dataSource: DataSource): Promise<unknown> {
  if (dataSource.options.type === 'better-sqlite3') return sqliteSchema(dataSource);
  const of = 'FROM information_schema.';
  return {
    tables: await dataSource.query(
      `SELECT table_name AS name, engine, table_collation, row_format ${of}tables WHERE table_schema = DATABASE() ORDER BY name`,
    ),
    columns: await dataSource.query(
      `SELECT table_name AS name, column_name AS col, column_type, is_nullable, column_default, extra, collation_name
       ${of}columns WHERE table_schema = DATABASE() ORDER BY name, col`,
    ),
    indexes: await dataSource.query(
      `SELECT table_name AS name, index_name AS idx, seq_in_index AS seq, column_name, non_unique, sub_part
       ${of}statistics WHERE table_schema = DATABASE() ORDER BY name, idx, seq`,
    ),
  };
}

async function sqliteSchema(dataSource: DataSource): Promise<unknown> {
  const tables = (await dataSource.query('PRAGMA table_list')) as { schema: string; name: string; wr: number }[];
  const schema: Record<string, unknown> = {};
  for (const { name, wr } of tables.filter((table) => table.schema === 'main' && !table.name.startsWith('sqlite_'))) {
    const indexes = (await dataSource.query(`PRAGMA index_list(${name})`)) as { name: string; unique: number }[];
    const keys: [string, unknown][] = [];
    for (const index of indexes)
      keys.push([
        `${index.name} ${index.unique}`,
        await dataSource.query(`SELECT name FROM pragma_index_info('${index.name}') ORDER BY seqno`),
      ]);
    schema[name] = {
      isWithoutRowid: wr === 1,
      columns: await dataSource.query(
        `SELECT name, type, "notnull", dflt_value, pk, hidden FROM pragma_table_xinfo('${name}') ORDER BY name`,
      ),
      indexes: Object.fromEntries(keys),
    };
  }
  return schema;
}

/** Columns of each table, by what the database says itself. */
export async function columnsOf(dataSource: DataSource): Promise<Map<string, string[]>> {
  const isSqlite = dataSource.options.type === 'better-sqlite3';
  const rows = await dataSource.query<{ name: string; col: string }[]>(
    isSqlite
      ? `SELECT m.name, c.name AS col FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%'`
      : 'SELECT table_name AS name, column_name AS col FROM information_schema.columns WHERE table_schema = DATABASE()',
  );
  const found = new Map<string, string[]>();
  for (const { name, col } of rows) found.set(name, [...(found.get(name) ?? []), col]);
  return found;
}
