import { change, Contended, type Database, type Tx } from '../platform/database/database.js';
import { orStartOver } from '../platform/database/key-races.js';
import { exists } from '../platform/database/rows.js';
import { strangerConflict } from './choose-number.js';
import { holdToLend, queueAtNumber } from './hold-number-row.js';
import type { ChosenNumber, NumberWish } from './number-wish.js';
import { ASSIGNMENTS, PIN_ASSIGNMENTS, type NumberAssignment } from './virtual-number.entity.js';

export type PartyRole = NumberAssignment['role'];

export interface AllocationRequest extends Omit<NumberWish, 'parties' | 'pinIndexes'> {
  sessionId: string;
  /** Numbers with MMS come first, and others where there is none. */
  prefersMedia?: boolean;
  parties: { role: PartyRole; index: string; number: string }[];
  /** `length`: digits, 4 to 15. */
  pins: { role: PartyRole; index: string; length: number }[];
  /** Index of a file for unknown callers (`~` and 21 more characters), where the session has one. */
  playIndex: string | null;
  /** The role that strangers take in an open session; ignored for others. */
  openRole: PartyRole;
  /** Milliseconds since 1970: expiry plus cool-off. */
  freeAfter: number;
}

/**
 * Every party of a session, and every PIN, becomes unique on this number; where somebody else was faster, or has withdrawn the number, the transaction starts over.
 */
export async function claimNumber(
  tx: Tx,
  database: Database,
  chosen: ChosenNumber,
  { wish, request }: { wish: NumberWish; request: AllocationRequest },
): Promise<void> {
  await claimParties(tx, database, chosen, request);
  await holdToLend(tx, database, chosen.id);
  if (request.isOpen || request.pins.length > 0) await claimStrangersOf(tx, database, chosen, { wish, request });
  if (request.playIndex !== null)
    await claimForStrangers(tx, chosen.id, { role: 'first', index: request.playIndex }, request);
}

async function claimParties(
  tx: Tx,
  database: Database,
  chosen: ChosenNumber,
  request: AllocationRequest,
): Promise<void> {
  // Sorted, so that two sessions of the same two people cannot wait for each other.
  const parties = [...request.parties].sort((left, right) => (left.index < right.index ? -1 : 1));
  if (chosen.isFresh) return claimFresh(tx, database, chosen.id, { parties, request });
  await keepNumber(tx, database, chosen.id);
  for (const party of parties) {
    const { sessionId, freeAfter, now } = request;
    const taken = await ASSIGNMENTS.update(
      tx,
      { sessionId, role: party.role, freeAfter },
      'WHERE virtual_number_id = ? AND party_index = ? AND free_after <= ?',
      [chosen.id, party.index, now],
    );
    if (taken === 0) await insertParty(tx, { ...party, virtualNumberId: chosen.id, sessionId, freeAfter });
  }
}

/**
 * Both parties in one statement, which also keeps the number's row: whoever withdraws the number waits for this transaction, or this finds
 * it withdrawn.
 */
async function claimFresh(
  tx: Tx,
  database: Database,
  id: number,
  { parties, request }: { parties: AllocationRequest['parties']; request: AllocationRequest },
): Promise<void> {
  const claims = parties.map(() => 'SELECT ? AS party_index, ? AS role').join(' UNION ALL ');
  const claimed = await orStartOver(
    change(
      tx,
      `INSERT INTO number_assignment (virtual_number_id, party_index, session_id, role, free_after)
       SELECT n.id, claim.party_index, ?, claim.role, ? FROM virtual_number n JOIN (${claims}) claim
       WHERE n.id = ? AND n.status = 'active' AND n.is_elsewhere = 0 ${database.forShare}`,
      [request.sessionId, request.freeAfter, ...parties.flatMap((party) => [party.index, party.role]), id],
    ),
  );
  if (claimed !== parties.length) throw new Contended();
}

async function keepNumber(tx: Tx, database: Database, id: number): Promise<void> {
  if (!database.forShare) return;
  const isLent = `FROM virtual_number WHERE id = ? AND status = 'active' AND is_elsewhere = 0 ${database.forShare}`;
  if (!(await exists(tx, isLent, [id]))) throw new Contended();
}

async function claimStrangersOf(
  tx: Tx,
  database: Database,
  chosen: ChosenNumber,
  { wish, request }: { wish: NumberWish; request: AllocationRequest },
): Promise<void> {
  await queueAtNumber(tx, database, chosen.id);
  const conflict = strangerConflict(wish, '?');
  if (conflict && (await exists(tx, conflict.rest, [chosen.id, ...conflict.parameters]))) throw new Contended();

  const claims = request.isOpen ? [{ role: request.openRole, index: '*' }] : request.pins;
  for (const claim of claims) await claimForStrangers(tx, chosen.id, claim, request);
}

/** Takes a place among what answers for strangers on a number; `length` where it is a PIN. */
export async function claimForStrangers(
  tx: Tx,
  virtualNumberId: number,
  claim: { role: PartyRole; index: string; length?: number },
  request: { sessionId: string; freeAfter: number; now: number },
): Promise<void> {
  await change(tx, 'DELETE FROM pin_assignment WHERE virtual_number_id = ? AND pin_index = ? AND free_after <= ?', [
    virtualNumberId,
    claim.index,
    request.now,
  ]);
  const { sessionId, freeAfter } = request;
  await orStartOver(
    PIN_ASSIGNMENTS.insert(tx, {
      virtualNumberId,
      pinIndex: claim.index,
      sessionId,
      role: claim.role,
      freeAfter,
      pinLength: claim.length ?? null,
    }),
  );
}

/** Puts one more party on a number that its session already has. Returns false when another session has this party there. */
export async function claimParty(
  tx: Tx,
  claim: { virtualNumberId: number; sessionId: string; index: string; role: PartyRole; freeAfter: number; now: number },
): Promise<boolean> {
  const { virtualNumberId, sessionId, index, role, freeAfter, now } = claim;
  const place = 'virtual_number_id = ? AND party_index = ?';
  const taken = await ASSIGNMENTS.update(
    tx,
    { sessionId, role, freeAfter },
    `WHERE ${place} AND (free_after <= ? OR session_id = ?)`,
    [virtualNumberId, index, now, sessionId],
  );
  if (taken > 0) return true;
  if (await exists(tx, `FROM number_assignment WHERE ${place}`, [virtualNumberId, index])) return false;
  await insertParty(tx, claim);
  return true;
}

async function insertParty(
  tx: Tx,
  party: { virtualNumberId: number; sessionId: string; index: string; role: PartyRole; freeAfter: number },
): Promise<void> {
  const { virtualNumberId, index: partyIndex, sessionId, role, freeAfter } = party;
  await orStartOver(ASSIGNMENTS.insert(tx, { virtualNumberId, partyIndex, sessionId, role, freeAfter }));
}
