import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { sqliteDriver } from './sqlite-driver.js';

interface Holder {
  exec(sql: string): void;
  close(): void;
}

/** Kept from the garbage collector, which would close them. */
const held = new Set<Holder>();

/** Who only looks whether the file is owned holds its lock for a moment. */
const PATIENCE_MS = 250;

/**
 * Makes this process the only one that serves the database in `file`; false when another one does. What is locked is an empty file beside it,
 * through SQLite's own locks: they are the system's, end with the process however it ends, and leave the database itself to `migrate`, backups and whoever reads.
 * The file is never opened in any other way: POSIX drops the locks of a process with the first of its handles that is closed.
 */
export function ownSqlite(file: string): boolean {
  return holdSqlite(file) !== null;
}

/** The same for who is done before the process ends: returns what lets go of it, null when another process serves the file. The file need not be there yet. */
export function holdSqlite(file: string): (() => void) | null {
  const holder = openHolder(file, PATIENCE_MS);
  try {
    // Else a journal is left beside it.
    holder.exec('PRAGMA journal_mode = MEMORY');
    holder.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    holder.close();
    if (isBusy(error)) return null;
    throw error;
  }
  held.add(holder);
  return () => {
    held.delete(holder);
    holder.close();
  };
}

/** Whether a process serves this database, asked from another one; makes nothing. */
export function isOwnedSqlite(file: string): boolean {
  if (!existsSync(file) || !existsSync(ownerFile(file))) return false;
  const holder = openHolder(file, 0);
  try {
    holder.exec('BEGIN; SELECT COUNT(*) FROM sqlite_master; ROLLBACK');
    return false;
  } catch (error) {
    if (isBusy(error)) return true;
    throw error;
  } finally {
    holder.close();
  }
}

function ownerFile(file: string): string {
  const place = existsSync(file) ? realpathSync(file) : join(realpathSync(dirname(file)), basename(file));
  return `${place}-owner`;
}

function openHolder(file: string, timeout: number): Holder {
  const Driver = sqliteDriver() as new (file: string, options: { timeout: number }) => Holder;
  return new Driver(ownerFile(file), { timeout });
}

function isBusy(error: unknown): boolean {
  return (error as { code?: unknown }).code === 'SQLITE_BUSY';
}
