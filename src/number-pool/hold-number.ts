import { change, type Database, type Tx } from '../platform/database/database.js';
import { countUpTo, exists, marks, selection } from '../platform/database/rows.js';
import { queueAtNumber } from './hold-number-row.js';
import { ASSIGNMENTS, PIN_ASSIGNMENTS } from './virtual-number.entity.js';

const HELD = selection(ASSIGNMENTS.pick(['sessionId', 'freeAfter']));

/**
 * Moves the end of a session's hold on its number. Returns false when a party's place on the number, or one of its PINs, or its strangers, have gone to
 * another session meanwhile: then the session had ended, whatever was read before. `strangerClaims`: its PINs, and one where it is open.
 */
export async function extendHold(
  tx: Tx,
  database: Database,
  hold: {
    sessionId: string;
    virtualNumberId: number;
    partyIndexes: string[];
    strangerClaims: number;
    isOpen: boolean;
    freeAfter: number;
    now: number;
  },
): Promise<boolean> {
  const { sessionId, virtualNumberId, partyIndexes, strangerClaims, isOpen, freeAfter, now } = hold;
  // Before its places, as who is lent a number takes them.
  if (strangerClaims > 0) await queueAtNumber(tx, database, virtualNumberId);
  const extended = await ASSIGNMENTS.update(
    tx,
    { freeAfter },
    `WHERE virtual_number_id = ? AND party_index IN (${marks(partyIndexes)}) AND session_id = ?`,
    [virtualNumberId, ...partyIndexes, sessionId],
  );
  await PIN_ASSIGNMENTS.update(tx, { freeAfter }, 'WHERE session_id = ?', [sessionId]);
  if (extended < partyIndexes.length) return false;
  if (strangerClaims === 0) return true;
  const claimed = "FROM pin_assignment WHERE session_id = ? AND pin_index < '~'";
  if ((await countUpTo(tx, claimed, [sessionId], strangerClaims)) < strangerClaims) return false;
  const excluded = isOpen ? "pin_index < '~'" : "pin_index = '*'";
  const others = `FROM pin_assignment WHERE virtual_number_id = ? AND ${excluded} AND free_after > ? AND session_id <> ?`;
  return !(await exists(tx, others, [virtualNumberId, now, sessionId]));
}

/** Lets the number go: its parties may be given it again from `freeAfter` on. */
export async function releaseHold(tx: Tx, sessionId: string, freeAfter: number): Promise<void> {
  const held = 'WHERE session_id = ? AND free_after > ?';
  await ASSIGNMENTS.update(tx, { freeAfter }, held, [sessionId, freeAfter]);
  await PIN_ASSIGNMENTS.update(tx, { freeAfter }, held, [sessionId, freeAfter]);
}

/** As `releaseHold`, of sessions that end together. */
export async function releaseHolds(tx: Tx, database: Database, sessionIds: string[], freeAfter: number): Promise<void> {
  for (const table of [ASSIGNMENTS, PIN_ASSIGNMENTS])
    await table.update(
      tx,
      { freeAfter },
      `WHERE session_id IN (${marks(sessionIds)}) AND free_after > ?`,
      [...sessionIds, freeAfter],
      database.byIndex(`${table.name}_session`),
    );
}

/** Keeps the places of sessions that are over from others until then, where they would be free before. */
export async function keepPlaces(tx: Tx, database: Database, sessionIds: string[], freeAfter: number): Promise<void> {
  await ASSIGNMENTS.update(
    tx,
    { freeAfter },
    `WHERE session_id IN (${marks(sessionIds)}) AND free_after < ?`,
    [...sessionIds, freeAfter],
    database.byIndex('number_assignment_session'),
  );
}

/** Lets go of what an open session claims for strangers: its missing party is known now. The row goes, so that no later extension revives it. */
export async function releaseStrangers(tx: Tx, sessionId: string): Promise<void> {
  await change(tx, "DELETE FROM pin_assignment WHERE session_id = ? AND pin_index = '*'", [sessionId]);
}

/** Takes one party off its session's number. */
export async function releaseParty(tx: Tx, sessionId: string, partyIndex: string, freeAfter: number): Promise<void> {
  await ASSIGNMENTS.update(tx, { freeAfter }, 'WHERE session_id = ? AND party_index = ?', [sessionId, partyIndex]);
}

/**
 * Forgets which numbers these ended sessions had, and with it who had a number last. A place that another session has taken since is that session's,
 * and one that still cools off stays.
 */
export async function forgetHolds(tx: Tx, database: Database, sessionIds: string[], now: number): Promise<void> {
  for (const table of ['number_assignment', 'pin_assignment'])
    await change(
      tx,
      `${database.deleteFrom(table, `${table}_session`)} WHERE session_id IN (${marks(sessionIds)}) AND free_after <= ?`,
      [...sessionIds, now],
    );
}

/** What these sessions, which end now, claim for strangers: their PINs and files. */
export async function forgetClaims(tx: Tx, database: Database, sessionIds: string[]): Promise<void> {
  const from = database.deleteFrom('pin_assignment', 'pin_assignment_session');
  await change(tx, `${from} WHERE session_id IN (${marks(sessionIds)})`, sessionIds);
}

/** Until when somebody's place on this number is kept from others; null where nobody's is. */
export async function coolsOffUntil(tx: Tx, virtualNumberId: number, now: number): Promise<number | null> {
  const latest =
    'FROM number_assignment WHERE virtual_number_id = ? AND free_after > ? ORDER BY free_after DESC LIMIT 1';
  const [place] = await HELD.read(tx, latest, [virtualNumberId, now]);
  return place?.freeAfter ?? null;
}

/** Until when the numbers of these sessions cool off, of those that do: the other party is not to reach somebody else yet. */
export async function coolingOff(tx: Tx, database: Database, sessionIds: string[]): Promise<Map<string, number>> {
  const held = await HELD.read(
    tx,
    `FROM number_assignment ${database.byIndex('number_assignment_session')} WHERE session_id IN (${marks(sessionIds)})`,
    sessionIds,
  );
  const until = new Map<string, number>();
  for (const { sessionId, freeAfter } of held) until.set(sessionId, Math.max(freeAfter, until.get(sessionId) ?? 0));
  return until;
}
