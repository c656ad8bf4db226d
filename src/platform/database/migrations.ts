import type { Database } from './database.js';

/** Names of the migrations of this version that the database has not seen; all of them when it was never migrated. */
export async function pendingMigrations(database: Database): Promise<string[]> {
  const names = database.dataSource.migrations.map(({ name }) => name ?? '');
  try {
    const rows = await database.read((manager) => manager.query<{ name: string }[]>('SELECT name FROM migration'));
    const done = new Set(rows.map((row) => row.name));
    return names.filter((name) => !done.has(name));
  } catch {
    // No such table: nothing was ever migrated.
    return names;
  }
}
