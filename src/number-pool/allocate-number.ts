import { Injectable } from '@nestjs/common';
import { change, Contended, Database, type Tx } from '../platform/database/database.js';
import { writeHeld } from '../platform/database/held-rows.js';
import { orStartOver } from '../platform/database/key-races.js';
import { exists } from '../platform/database/rows.js';
import { Events } from '../platform/events/events.js';
import { chooseNumber, strangerConflict } from './choose-number.js';
import { holdToLend } from './hold-number-row.js';
import { NumberAssigned } from './number-pool.events.js';
import type { ChosenNumber, NumberWish } from './number-wish.js';
import { ASSIGNMENTS, PIN_ASSIGNMENTS, type NumberAssignment } from './virtual-number.entity.js';
import { whyRefused } from './why-refused.js';

export type PartyRole = NumberAssignment['role'];

export interface AllocationRequest extends Omit<NumberWish, 'parties' | 'pinIndexes'> {
  sessionId: string;
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
 * Lends a number to a session: every party of it, and every PIN, becomes unique on that number, or nothing does. Refuses with
 * `NumberPoolExhausted` or one of its kinds; when another session took the chosen number a moment ago, the transaction starts over.
 */
@Injectable()
export class AllocateNumber {
  constructor(
    private readonly database: Database,
    private readonly events: Events,
  ) {}

  async run(tx: Tx, request: AllocationRequest): Promise<{ id: number; number: string }> {
    const wish: NumberWish = { ...request, pinIndexes: request.pins.map((pin) => pin.index) };
    const chosen = await chooseNumber(tx, wish);
    if (!chosen) throw await whyRefused(tx, wish);

    await this.claimParties(tx, chosen, request);
    await holdToLend(tx, this.database, chosen.id);
    if (request.isOpen || request.pins.length > 0) await this.claimStrangers(tx, chosen, wish, request);
    if (request.playIndex !== null)
      await claimForStrangers(tx, chosen.id, { role: 'first', index: request.playIndex }, request);

    await this.events.publish(tx, new NumberAssigned(request.accountId, chosen.id, request.sessionId));
    return { id: chosen.id, number: chosen.number };
  }

  private async claimParties(tx: Tx, chosen: ChosenNumber, request: AllocationRequest): Promise<void> {
    // Sorted, so that two sessions of the same two people cannot wait for each other.
    const parties = [...request.parties].sort((left, right) => (left.index < right.index ? -1 : 1));
    if (chosen.isFresh) return this.claimFresh(tx, chosen.id, parties, request);
    await this.keepNumber(tx, chosen.id);
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
  private async claimFresh(
    tx: Tx,
    id: number,
    parties: AllocationRequest['parties'],
    request: AllocationRequest,
  ): Promise<void> {
    const claims = parties.map(() => 'SELECT ? AS party_index, ? AS role').join(' UNION ALL ');
    const claimed = await orStartOver(
      change(
        tx,
        `INSERT INTO number_assignment (virtual_number_id, party_index, session_id, role, free_after)
         SELECT n.id, claim.party_index, ?, claim.role, ? FROM virtual_number n JOIN (${claims}) claim
         WHERE n.id = ? AND n.status = 'active' AND n.is_elsewhere = 0 ${this.database.forShare}`,
        [request.sessionId, request.freeAfter, ...parties.flatMap((party) => [party.index, party.role]), id],
      ),
    );
    if (claimed !== parties.length) throw new Contended();
  }

  private async keepNumber(tx: Tx, id: number): Promise<void> {
    if (!this.database.forShare) return;
    const isLent = `FROM virtual_number WHERE id = ? AND status = 'active' AND is_elsewhere = 0 ${this.database.forShare}`;
    if (!(await exists(tx, isLent, [id]))) throw new Contended();
  }

  private async claimStrangers(
    tx: Tx,
    chosen: ChosenNumber,
    wish: NumberWish,
    request: AllocationRequest,
  ): Promise<void> {
    // Open and PIN sessions exclude each other by a rule that no key expresses, so they queue at the number's row.
    await tx.query(`SELECT id FROM virtual_number WHERE id = ? ${this.database.forUpdate}`, [chosen.id]);
    await writeHeld(tx, 'virtual_number', [chosen.id]);
    const conflict = strangerConflict(wish, '?');
    if (conflict && (await exists(tx, conflict.rest, [chosen.id, ...conflict.parameters]))) throw new Contended();

    const claims = request.isOpen ? [{ role: request.openRole, index: '*' }] : request.pins;
    for (const claim of claims) await claimForStrangers(tx, chosen.id, claim, request);
  }
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
