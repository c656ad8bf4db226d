import type { EntityManager } from 'typeorm';
import { change, type Database, type Tx } from '../platform/database/database.js';
import { selection, type Selected } from '../platform/database/rows.js';
import { ASSIGNMENTS, NUMBERS } from './virtual-number.entity.js';

const PLACE = selection(ASSIGNMENTS.pick(['sessionId', 'freeAfter']));

/** A party's place on a number. */
export interface Place {
  virtualNumberId: number;
  index: string;
}

/** Which session has, or had last, this place, and until when it is held. */
export async function holderOf(
  tx: Tx,
  { virtualNumberId, index }: Place,
): Promise<{ sessionId: string; freeAfter: number } | null> {
  const where = 'FROM number_assignment WHERE virtual_number_id = ? AND party_index = ?';
  const [holder] = await PLACE.read(tx, where, [virtualNumberId, index]);
  return holder ?? null;
}

/** Gives a place the party's new index; whoever was there is forgotten. */
export async function renameParty(tx: Tx, { virtualNumberId, index }: Place, renamed: string): Promise<void> {
  await forgetParty(tx, { virtualNumberId, index: renamed });
  await ASSIGNMENTS.update(tx, { partyIndex: renamed }, 'WHERE virtual_number_id = ? AND party_index = ?', [
    virtualNumberId,
    index,
  ]);
}

/** Nobody has, or had, this place. */
export async function forgetParty(tx: Tx, { virtualNumberId, index }: Place): Promise<void> {
  const where = 'DELETE FROM number_assignment WHERE virtual_number_id = ? AND party_index = ?';
  await change(tx, where, [virtualNumberId, index]);
}

const NUMBER_OF = selection({ ...NUMBERS.pick(['number'], 'n'), ...ASSIGNMENTS.pick(['freeAfter'], 'a') });

/** The numbers that a party has or had, and until when each is kept from others; those that have left the pool are left out. */
export function numbersOfParty(
  manager: EntityManager,
  database: Database,
  index: string,
): Promise<Selected<typeof NUMBER_OF>[]> {
  return NUMBER_OF.read(
    manager,
    `FROM number_assignment a ${database.byIndex('number_assignment_party')} JOIN virtual_number n ON n.id = a.virtual_number_id
     WHERE a.party_index = ? ORDER BY n.number`,
    [index],
  );
}
