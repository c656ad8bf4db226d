import type { Database } from './database.js';
import { queryOnly } from './sqlite-reader.js';

interface Outcome {
  /** 1 while somebody reads or writes. */
  busy: number;
}

/**
 * SQLite's log of changes beside the file holds pages as they were before a deletion until it is used anew: moves it into the file and cuts it to nothing. False
 * while somebody reads or writes; then it is tried again later, because waiting here would stop everybody. Servers keep logs of their own, and are
 * not asked.
 */
export function emptyChangeLog({ isSqlite, dataSource }: Database): boolean {
  const { database: file } = dataSource.options as { database: string };
  if (!isSqlite || file === ':memory:') return true;
  const connection = queryOnly(file);
  try {
    connection.pragma('busy_timeout = 0');
    const [outcome] = connection.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all([]) as Outcome[];
    return outcome?.busy === 0;
  } finally {
    connection.close();
  }
}
