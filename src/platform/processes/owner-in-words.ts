import type { DataSource } from 'typeorm';
import { selection } from '../database/rows.js';
import { PROCESSES } from './process.entity.js';

const OWNER = selection(PROCESSES.pick(['pid', 'host', 'startedAt']));

/** Who serves a SQLite file, for who is refused it. */
export async function ownerInWords(dataSource: DataSource): Promise<string> {
  try {
    const [owner] = await OWNER.read(dataSource.manager, 'FROM process ORDER BY id LIMIT 1');
    if (owner) return `process ${owner.pid} on ${owner.host}, since ${new Date(owner.startedAt).toISOString()}`;
  } catch {
    // An older version has left it without the table.
  }
  return 'one that is just starting';
}
