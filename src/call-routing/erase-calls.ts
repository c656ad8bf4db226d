import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { hangupXml } from '../plivo/index.js';
import { inProgressAmong, sessionsOfParty, type PartyUntil } from '../sessions/index.js';
import { Crypto } from '../platform/crypto/crypto.js';
import { change, Database, type Tx } from '../platform/database/database.js';
import { exists, marks, number, selection, type Selected } from '../platform/database/rows.js';
import { maskText } from '../platform/logging/mask-text.js';
import { CALL_REQUESTS, rungPlace } from './call-request.entity.js';
import { answerPlace, CALLS, LEGS, LONGEST_WORDS } from './call.entity.js';

/** A call that came to no conversation ends within minutes, heard of or not: nobody types a PIN or hears a refusal for longer. */
const LONGEST_PROMPT_MS = 600_000;

const CALL = selection(CALLS.pick(['id', 'accountId', 'sessionId', 'aLegUuid', 'requestId', 'createdAt']));
const COUNT = selection({ calls: number('COUNT(*)') });
const REQUESTED = selection(CALL_REQUESTS.pick(['sessionId']));
const WORDS = Object.keys(LONGEST_WORDS) as (keyof typeof LONGEST_WORDS)[];
const SPOKEN = selection(LEGS.pick(['accountId', 'legUuid', ...WORDS]));

const RINGING = selection(CALL_REQUESTS.pick(['id', 'accountId', 'rung'], 'r'));
export type RingingCall = Selected<typeof RINGING>;

export type ErasedCall = Selected<typeof CALL>;

const SIDES = ['caller_index', 'dialled_index'] as const;
export type CallSide = (typeof SIDES)[number];

/** Before every call. */
export const FIRST_CALL_OF_PARTY: Pick<ErasedCall, 'id' | 'createdAt'> = { id: '', createdAt: 0 };

/**
 * Takes people out of calls. What stays of one has no number, no index of one and no text of anybody's: its legs, times and prices, so that sums stay, that a
 * price which comes late is counted once, and that a webhook which comes late finds a call that has ended.
 */
@Injectable()
export class EraseCalls {
  constructor(
    private readonly database: Database,
    private readonly crypto: Crypto,
  ) {}

  /** Whether calls of earlier versions are still being given what they are found by (`read/reindex-calls.ts`). */
  isBeingIndexed(manager: EntityManager): Promise<boolean> {
    return exists(manager, "FROM call_reindex WHERE id = 1 AND stage = 'all'");
  }

  /** Those of these sessions of which a call is on, or is being placed. */
  async busyAmong(tx: Tx, sessionIds: string[], now: number): Promise<string[]> {
    const requested = await REQUESTED.read(
      tx,
      `FROM call_request WHERE session_id IN (${marks(sessionIds)}) AND status IN ('wanted', 'placing', 'placed') AND pending_until > ?`,
      [...sessionIds, now],
    );
    return [...(await inProgressAmong(tx, sessionIds, now)), ...requested.map(({ sessionId }) => sessionId)];
  }

  /** Requested calls of an account of which it is kept whom they ring, and of whose session that one (`index`) is no party any more. */
  ringing(manager: EntityManager, accountId: string, { index, until }: PartyUntil): Promise<RingingCall[]> {
    return RINGING.read(
      manager,
      `FROM call_request r ${this.database.byIndex('call_request_rung')}
       LEFT JOIN masking_session s ON s.id = r.session_id AND (s.first_index = ? OR s.second_index = ?)
       WHERE r.account_id = ? AND r.rung IS NOT NULL AND r.created_at <= ? AND s.id IS NULL`,
      [index, index, accountId, until],
    );
  }

  /** Digits of whom it rings. */
  rungBy({ rung, ...request }: RingingCall): string | null {
    return rung === null ? null : this.crypto.open(rungPlace(request), rung);
  }

  /** Takes out of a request whom it rang. False while that may still be on. */
  async forgetRung(tx: Tx, requestId: string, now: number): Promise<boolean> {
    const isOver = "(status NOT IN ('wanted', 'placing', 'placed') OR pending_until <= ?)";
    const forgotten = await CALL_REQUESTS.update(tx, { rung: null }, `WHERE id = ? AND ${isOver}`, [requestId, now]);
    return forgotten > 0 || !(await exists(tx, `FROM call_request WHERE id = ? AND NOT ${isOver}`, [requestId, now]));
  }

  /** How many calls a person's sessions have, and how many others it made or was rung in. */
  async count(manager: EntityManager, party: PartyUntil): Promise<number> {
    const { sql, parameters } = sessionsOfParty(party);
    const [own] = await COUNT.read(
      manager,
      `FROM ${sql} p CROSS JOIN masked_call c ON c.session_id = p.id`,
      parameters,
    );
    let total = own?.calls ?? 0;
    for (const side of SIDES) {
      const others = otherCallsOf(side, party);
      const [found] = await COUNT.read(manager, others.sql, others.parameters);
      total += found?.calls ?? 0;
    }
    return total;
  }

  /**
   * The next calls that a person made (`caller_index`) or was rung in, and that belong to no session of its own: refused ones, and those of sessions that have
   * somebody else in its place by now.
   */
  next(
    manager: EntityManager,
    side: CallSide,
    party: PartyUntil,
    { after, limit }: { after: Pick<ErasedCall, 'id' | 'createdAt'>; limit: number },
  ): Promise<ErasedCall[]> {
    const { sql, parameters } = otherCallsOf(side, party);
    return CALL_OF.read(
      manager,
      `${sql} AND c.created_at >= ? AND (c.created_at > ? OR c.id > ?) ORDER BY c.created_at, c.id LIMIT ${limit}`,
      [...parameters, after.createdAt, after.createdAt, after.id],
    );
  }

  /** Of these calls, held until the transaction ends, those that are still a person's, and those of them that are on. */
  async hold(tx: Tx, side: CallSide, index: string, callIds: string[], now: number) {
    const calls = await CALL.read(
      tx,
      `FROM masked_call ${this.database.byPrimaryKey} WHERE id IN (${marks(callIds)}) AND +${side} = ? ${this.database.forUpdate}`,
      [...callIds, index],
    );
    const on = await tx.query<{ id: string }[]>(
      `SELECT c.id FROM masked_call c LEFT JOIN interaction i ON i.id = c.id WHERE c.id IN (${marks(callIds)}) AND c.ended_at IS NULL
       AND (i.busy_until > ? OR (i.id IS NULL AND c.created_at > ?))`,
      [...callIds, now, now - LONGEST_PROMPT_MS],
    );
    return { calls, on: new Set(on.map(({ id }) => id)) };
  }

  /** Of these sessions, the calls whose price may still change, oldest first; `limit` for one with very many. */
  openOf(tx: Tx, sessionIds: string[], since: number, limit = 10_000): Promise<ErasedCall[]> {
    return CALL.read(
      tx,
      `FROM masked_call ${this.database.byIndex('masked_call_session')}
       WHERE session_id IN (${marks(sessionIds)}) AND created_at > ? ORDER BY created_at LIMIT ${limit}`,
      [...sessionIds, since],
    );
  }

  /** Takes both numbers out of calls; they stay calls of their sessions. */
  async blank(tx: Tx, calls: ErasedCall[]): Promise<void> {
    if (calls.length === 0) return;
    const ids = calls.map(({ id }) => id);
    for (const { id: callId, accountId } of calls) {
      const answer = this.crypto.seal(answerPlace({ callId, accountId }), hangupXml());
      const none = { caller: null, dialled: null, callerIndex: null, dialledIndex: null, answer };
      await CALLS.update(tx, none, 'WHERE id = ?', [callId]);
    }
    await change(tx, `${this.database.deleteFrom('call_answer')} WHERE call_id IN (${marks(ids)})`, ids);
    await this.blankWords(tx, ids);
  }

  /** The same for calls of sessions that are about to go: they belong to none from here on, and their requests go. */
  async detach(tx: Tx, calls: ErasedCall[]): Promise<void> {
    if (calls.length === 0) return;
    await this.blank(tx, calls);
    const ids = calls.map(({ id }) => id);
    const [calledOf, legsOf] = [this.database.byPrimaryKey, this.database.byIndex('call_leg_call')];
    await CALLS.update(tx, { sessionId: null }, `WHERE id IN (${marks(ids)})`, ids, calledOf);
    await LEGS.update(tx, { sessionId: null }, `WHERE call_id IN (${marks(ids)})`, ids, legsOf);
    // What was reserved for them is given back when their price is final.
    const requests = calls.flatMap(({ requestId }) => requestId ?? []);
    if (requests.length === 0) return;
    await change(tx, `${this.database.deleteFrom('call_request')} WHERE id IN (${marks(requests)})`, requests);
  }

  /** Plivo's words for an end: kept without numbers since this version. */
  private async blankWords(tx: Tx, callIds: string[]): Promise<void> {
    for (const leg of await SPOKEN.read(tx, `FROM call_leg WHERE call_id IN (${marks(callIds)})`, callIds)) {
      const masked = Object.fromEntries(
        WORDS.flatMap((name) => {
          const word = leg[name];
          return word === null || maskText(word) === word ? [] : [[name, null]];
        }),
      );
      if (Object.keys(masked).length === 0) continue;
      await LEGS.update(tx, masked, 'WHERE account_id = ? AND leg_uuid = ?', [leg.accountId, leg.legUuid]);
    }
  }
}

const CALL_OF = selection(CALLS.pick(['id', 'accountId', 'sessionId', 'aLegUuid', 'requestId', 'createdAt'], 'c'));

/**
 * The calls that a person made or was rung in and that belong to no session of its own, `c`; one that called itself is found on the caller's side alone. Begins
 * with FROM and ends in conditions.
 */
export function otherCallsOf(side: CallSide, { index, until }: PartyUntil): { sql: string; parameters: unknown[] } {
  const once = side === 'dialled_index' ? " AND COALESCE(c.caller_index, '') <> c.dialled_index" : '';
  return {
    sql: `FROM masked_call c LEFT JOIN masking_session s ON s.id = c.session_id AND (s.first_index = ? OR s.second_index = ?)
          WHERE c.${side} = ? AND c.created_at <= ? AND s.id IS NULL${once}`,
    parameters: [index, index, index, until],
  };
}
