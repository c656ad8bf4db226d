import type { Config } from '../settings/config.js';

/** Kind and place in words, without user or password: `sqlite data/masking.db`, `mysql db.example:3306/masking`. */
export function describeDatabase(database: Config['database']): string {
  if (database.kind === 'sqlite') return `sqlite ${database.file}`;
  const { host, pathname } = new URL(database.url);
  return `mysql ${host}${pathname}`;
}
