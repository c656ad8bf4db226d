import type { EntityManager } from 'typeorm';
import { Database } from '../platform/database/database.js';
import type { Connections } from '../platform/database/connections.js';
import type { DatabaseFacts } from './copy-sqlite.js';

/** Tables, rows and migrations of MySQL or MariaDB, all of one instant. */
export async function countOnServer(dataSource: Connections): Promise<DatabaseFacts & { isMariadb: boolean }> {
  const database = new Database(dataSource);
  return database.browse(async (manager) => {
    const tables = await namesOf(
      manager,
      'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY table_name',
    );
    const rows: Record<string, number> = {};
    for (const table of tables) {
      const [count] = await manager.query<{ n: number }[]>(`SELECT COUNT(*) AS n FROM \`${table}\``);
      rows[table] = Number(count?.n ?? 0);
    }
    const migrations = 'migration' in rows ? await namesOf(manager, 'SELECT name FROM migration ORDER BY id') : [];
    const [server] = await manager.query<{ version: string }[]>('SELECT VERSION() AS version');
    return { migrations, rows, isMariadb: /mariadb/i.test(server?.version ?? '') };
  });
}

async function namesOf(manager: EntityManager, sql: string): Promise<string[]> {
  return (await manager.query<{ name: string }[]>(sql)).map(({ name }) => name);
}
