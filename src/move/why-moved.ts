import type { EntityManager } from 'typeorm';
import { selection, type Selected } from '../platform/database/rows.js';
import { isMissingTable } from '../platform/database/transaction.js';
import { DATABASE_MOVES } from './database-move.entity.js';

const WHOLE = selection(DATABASE_MOVES.fields());

export type MoveRow = Selected<typeof WHOLE>;

/** Null where there is none, or no such table yet. */
export async function readMove(manager: EntityManager): Promise<MoveRow | null> {
  try {
    const [row] = await WHOLE.read(manager, 'FROM database_move WHERE id = 1');
    return row ?? null;
  } catch (error) {
    if (isMissingTable(error)) return null;
    throw error;
  }
}

/** Why nothing may work on a database: two that lend the same numbers would connect people with strangers. Null where it may. */
export async function lookForMove(manager: EntityManager): Promise<{ found: string; remedy: string } | null> {
  const row = await readMove(manager);
  switch (row?.role) {
    case 'left':
      return {
        found: `this database was moved to ${row.place} and is kept as it was`,
        remedy:
          'name that one in DATABASE_URL. To go back to this one, without what has happened since: masking move --undo',
      };
    case 'leaving':
      return {
        found: `this database is being moved to ${row.place}, and not all of it is there`,
        remedy: 'run masking move again to go on, or masking move --undo to stay with this one',
      };
    case 'arriving':
      return {
        found: `not all of ${row.place} has arrived in this database`,
        remedy: 'run masking move again to go on',
      };
    case 'arrived':
    case undefined:
      return null;
  }
}

/** The same in one sentence. */
export async function whyMoved(manager: EntityManager): Promise<string | null> {
  const move = await lookForMove(manager);
  return move && `${move.found}: ${move.remedy}`;
}
