import { CommandFailure } from '../platform/command-failure.js';
import type { Connections } from '../platform/database/connections.js';
import { STAYING, type MovedTable } from './moved-tables.js';
import type { MoveRow } from './why-moved.js';

/** Refuses a target that has anything in it but the beginning of this very move, before a table is made there. */
export async function refuseTarget(
  target: Connections,
  { tables, arrived, left }: { tables: readonly MovedTable[]; arrived: MoveRow | null; left: MoveRow | null },
): Promise<void> {
  if (arrived !== null) {
    if (arrived.moveId !== left?.moveId) throw taken('it has another move in it');
    if (arrived.role === 'arrived')
      throw new CommandFailure(
        'all of it has been moved already: name the server in DATABASE_URL and start the service',
      );
    return;
  }
  const ours = new Set([...STAYING, ...tables.map(({ name }) => name)]);
  const rows = await target.query<{ name: string }[]>(
    'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()',
  );
  for (const { name } of rows) {
    if (!ours.has(name)) throw taken(`it has a table ${name}`);
    if (STAYING.includes(name)) continue;
    // Of the audit the migrations write where it begins.
    const begun = name === 'audit_chain' ? 'WHERE head_position > 0' : '';
    const [row] = await target.query<unknown[]>(`SELECT 1 FROM \`${name}\` ${begun} LIMIT 1`);
    if (row !== undefined) throw taken(`there are rows in ${name}`);
  }
}

function taken(why: string): CommandFailure {
  return new CommandFailure(`the target is not empty: ${why}. Nothing was changed; name an empty database`);
}
