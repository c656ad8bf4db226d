import { realpathSync } from 'node:fs';
import { sqliteDriver } from './sqlite-driver.js';

interface Holder {
  exec(sql: string): void;
  close(): void;
}

/** Kept from the garbage collector, which would close them. */
const held = new Set<Holder>();

/**
 * Makes this process the only one that serves the database in `file`; false when another one does. What is locked is an empty file beside it,
 * through SQLite's own locks: they are the system's, end with the process however it ends, and leave the database itself to `migrate`, backups and whoever reads.
 * The file is never opened in any other way: POSIX drops the locks of a process with the first of its handles that is closed.
 */
export function ownSqlite(file: string): boolean {
  const Driver = sqliteDriver() as new (file: string, options: { timeout: number }) => Holder;
  const holder = new Driver(`${realpathSync(file)}-owner`, { timeout: 0 });
  try {
    // Else a journal is left beside it.
    holder.exec('PRAGMA journal_mode = MEMORY');
    holder.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    holder.close();
    if ((error as { code?: unknown }).code === 'SQLITE_BUSY') return false;
    throw error;
  }
  held.add(holder);
  return true;
}
