import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/**
 * better-sqlite3 where its native part could be built or fetched at install time, else libsql: the same engine and programming interface with
 * the binary inside its package, so that a machine with only Node can run the service.
 */
export function sqliteDriver(): unknown {
  return require(sqliteDriverPath());
}

/** Where it lies, for a thread that loads it by itself. */
export function sqliteDriverPath(): string {
  try {
    const driver = require('better-sqlite3') as new (file: string) => { close(): void };
    new driver(':memory:').close();
    return require.resolve('better-sqlite3');
  } catch {
    return require.resolve('libsql');
  }
}
