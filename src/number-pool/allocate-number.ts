import { Injectable } from '@nestjs/common';
import { change, Contended, Database, isDuplicate, type Tx } from '../platform/database/database.js';
import { Events } from '../platform/events/events.js';
import { chooseNumber, strangerConflict, type ChosenNumber, type NumberWish } from './choose-number.js';
import { NumberPoolExhausted } from './number-pool.errors.js';
import { NumberAssigned } from './number-pool.events.js';

export type PartyRole = 'first' | 'second';

export interface AllocationRequest extends Omit<NumberWish, 'parties' | 'pinIndexes'> {
  sessionId: string;
  parties: { role: PartyRole; index: string; number: string }[];
  pins: { role: PartyRole; index: string }[];
  /** Index of a file for unknown callers (`~` and 21 more characters), where the session has one. */
  playIndex: string | null;
  /** The role that strangers take in an open session; ignored for others. */
  openRole: PartyRole;
  /** Milliseconds since 1970: expiry plus cool-off. */
  freeAfter: number;
}

/**
 * Lends a number to a session: every party of it, and every PIN, becomes unique on that number, or nothing does. Refuses with
 * `NumberPoolExhausted`; when another session took the chosen number a moment ago, the transaction starts over.
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
    if (!chosen) throw new NumberPoolExhausted(await numbersThatWouldDo(tx, request));

    await this.claimParties(tx, chosen, request);
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
      const taken = await change(
        tx,
        'UPDATE number_assignment SET session_id = ?, role = ?, free_after = ? WHERE virtual_number_id = ? AND party_index = ? AND free_after <= ?',
        [request.sessionId, party.role, request.freeAfter, chosen.id, party.index, request.now],
      );
      if (taken === 0) await insertParties(tx, chosen.id, [party], request);
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
         WHERE n.id = ? AND n.status = 'active' ${this.database.forShare}`,
        [request.sessionId, request.freeAfter, ...parties.flatMap((party) => [party.index, party.role]), id],
      ),
    );
    if (claimed !== parties.length) throw new Contended();
  }

  private async keepNumber(tx: Tx, id: number): Promise<void> {
    if (!this.database.forShare) return;
    const kept = (await tx.query(
      `SELECT id FROM virtual_number WHERE id = ? AND status = 'active' ${this.database.forShare}`,
      [id],
    )) as unknown[];
    if (kept.length === 0) throw new Contended();
  }

  private async claimStrangers(
    tx: Tx,
    chosen: ChosenNumber,
    wish: NumberWish,
    request: AllocationRequest,
  ): Promise<void> {
    // Open and PIN sessions exclude each other by a rule that no key expresses, so they queue at the number's row.
    await tx.query(`SELECT id FROM virtual_number WHERE id = ? ${this.database.forUpdate}`, [chosen.id]);
    const conflict = strangerConflict(wish, '?');
    const rivals = conflict ? ((await tx.query(conflict.sql, [chosen.id, ...conflict.parameters])) as unknown[]) : [];
    if (rivals.length > 0) throw new Contended();

    const claims = request.isOpen ? [{ role: request.openRole, index: '*' }] : request.pins;
    for (const claim of claims) await claimForStrangers(tx, chosen.id, claim, request);
  }
}

/** Takes a place among what answers for strangers on a number. */
export async function claimForStrangers(
  tx: Tx,
  virtualNumberId: number,
  claim: { role: PartyRole; index: string },
  request: { sessionId: string; freeAfter: number; now: number },
): Promise<void> {
  await change(tx, 'DELETE FROM pin_assignment WHERE virtual_number_id = ? AND pin_index = ? AND free_after <= ?', [
    virtualNumberId,
    claim.index,
    request.now,
  ]);
  await orStartOver(
    tx.query(
      'INSERT INTO pin_assignment (virtual_number_id, pin_index, session_id, role, free_after) VALUES (?, ?, ?, ?, ?)',
      [virtualNumberId, claim.index, request.sessionId, claim.role, request.freeAfter],
    ),
  );
}

/** Puts one more party on a number that its session already has. Returns false when another session has this party there. */
export async function claimParty(
  tx: Tx,
  claim: { virtualNumberId: number; sessionId: string; index: string; role: PartyRole; freeAfter: number; now: number },
): Promise<boolean> {
  const key = [claim.virtualNumberId, claim.index];
  const taken = await change(
    tx,
    'UPDATE number_assignment SET session_id = ?, role = ?, free_after = ? WHERE virtual_number_id = ? AND party_index = ? AND (free_after <= ? OR session_id = ?)',
    [claim.sessionId, claim.role, claim.freeAfter, ...key, claim.now, claim.sessionId],
  );
  if (taken > 0) return true;
  const rivals = (await tx.query(
    'SELECT 1 FROM number_assignment WHERE virtual_number_id = ? AND party_index = ?',
    key,
  )) as unknown[];
  if (rivals.length > 0) return false;
  await insertParties(tx, claim.virtualNumberId, [claim], claim);
  return true;
}

async function insertParties(
  tx: Tx,
  virtualNumberId: number,
  parties: { role: PartyRole; index: string }[],
  { sessionId, freeAfter }: { sessionId: string; freeAfter: number },
): Promise<void> {
  await insertOrStartOver(
    tx,
    `INSERT INTO number_assignment (virtual_number_id, party_index, session_id, role, free_after) VALUES ${parties.map(() => '(?, ?, ?, ?, ?)').join(', ')}`,
    parties.flatMap((party) => [virtualNumberId, party.index, sessionId, party.role, freeAfter]),
  );
}

async function insertOrStartOver(tx: Tx, sql: string, parameters: unknown[]): Promise<void> {
  await orStartOver(tx.query(sql, parameters));
}

/** A taken key means that another session was faster: the whole choice is made anew. */
async function orStartOver<T>(insert: Promise<T>): Promise<T> {
  try {
    return await insert;
  } catch (error) {
    throw isDuplicate(error) ? new Contended() : error;
  }
}

/**
 * A party with d busy numbers blocks d of them, its peer e more: with d + e + 1 numbers that fit, this session cannot be refused. Over all
 * sessions that is the pool formula 2N - 1.
 */
async function numbersThatWouldDo(tx: Tx, { parties, now }: AllocationRequest): Promise<number> {
  const [row] = (await tx.query(
    `SELECT COUNT(*) AS busy FROM number_assignment WHERE party_index IN (${parties.map(() => '?').join(', ')}) AND free_after > ?`,
    [...parties.map((party) => party.index), now],
  )) as { busy: number }[];
  return Number(row?.busy ?? 0) + 1;
}
