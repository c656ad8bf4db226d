import type { EntityManager } from 'typeorm';
import { change, type Database, type Tx } from '../platform/database/database.js';
import { marks, number, selection, type Selected } from '../platform/database/rows.js';
import { SESSIONS } from './session.entity.js';

/** A person as an account's sessions know it, and the last instant that is asked about. */
export interface PartyUntil {
  /** Keyed index, as of a session's parties; of one account. */
  index: string;
  /** Milliseconds since 1970. */
  until: number;
}

interface Part {
  sql: string;
  parameters: unknown[];
}

const PLACE = selection(SESSIONS.pick(['id', 'expiresAt']));
const COUNT = selection({ sessions: number('COUNT(*)') });
const ID = selection(SESSIONS.pick(['id']));

/** A session of a party, and where it stands in the order of ends. */
export type PlacedSession = Selected<typeof PLACE>;

/** The ids of a party's sessions that were opened until then, as a table; each once, as nobody is both parties. */
export function sessionsOfParty({ index, until }: PartyUntil): Part {
  const one = (column: string): string => `SELECT id FROM masking_session WHERE ${column} = ? AND created_at <= ?`;
  return {
    sql: `(${one('first_index')} UNION ALL ${one('second_index')})`,
    parameters: [index, until, index, until],
  };
}

export async function countSessionsOfParty(manager: EntityManager, party: PartyUntil): Promise<number> {
  const { sql, parameters } = sessionsOfParty(party);
  const [found] = await COUNT.read(manager, `FROM ${sql} p`, parameters);
  return found?.sessions ?? 0;
}

export interface PartyPage {
  role: 'first' | 'second';
  /** Behind this one; `FIRST_OF_PARTY` for the first page. */
  after: PlacedSession;
  limit: number;
}

export const FIRST_OF_PARTY: PlacedSession = { id: '', expiresAt: 0 };

/** The next sessions in which somebody has a role, in the order of their ends. */
export function nextOfParty(
  manager: EntityManager,
  database: Database,
  { index, until }: PartyUntil,
  { role, after, limit }: PartyPage,
): Promise<PlacedSession[]> {
  return PLACE.read(
    manager,
    `FROM masking_session ${database.byIndex(`masking_session_${role}`)}
     WHERE ${role}_index = ? AND expires_at >= ? AND (expires_at > ? OR id > ?) AND created_at <= ?
     ORDER BY expires_at, id LIMIT ${limit}`,
    [index, after.expiresAt, after.expiresAt, after.id, until],
  );
}

/** Those of these sessions that there are and that are this person's still, held until the transaction ends. */
export async function holdOfParty(tx: Tx, database: Database, index: string, sessionIds: string[]): Promise<string[]> {
  const held = await ID.read(
    tx,
    `FROM masking_session WHERE id IN (${marks(sessionIds)}) AND (first_index = ? OR second_index = ?) ${database.forUpdate}`,
    [...sessionIds, index, index],
  );
  return held.map(({ id }) => id);
}

/**
 * Forgets that a person had numbers in sessions that are gone, or that have somebody else in its place by now. Its places in sessions that it still has stay.
 * Returns how many.
 */
export async function forgetPlacesOf(tx: Tx, database: Database, index: string, limit: number): Promise<number> {
  const found = await tx.query<{ virtual_number_id: number }[]>(
    `SELECT a.virtual_number_id FROM number_assignment a ${database.byIndex('number_assignment_party')}
     LEFT JOIN masking_session s ON s.id = a.session_id AND (s.first_index = ? OR s.second_index = ?)
     WHERE a.party_index = ? AND s.id IS NULL LIMIT ${limit}`,
    [index, index, index],
  );
  if (found.length === 0) return 0;
  const numbers = found.map((place) => place.virtual_number_id);
  return change(
    tx,
    `DELETE FROM number_assignment WHERE virtual_number_id IN (${marks(numbers)}) AND party_index = ?`,
    [...numbers, index],
  );
}
