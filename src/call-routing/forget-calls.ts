import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Spend } from '../accounts/index.js';
import { DAY_MS, HOUR_MS } from '../platform/clock.js';
import { change, Database, type Tx } from '../platform/database/database.js';
import { marks, number, selection, text, type Selected } from '../platform/database/rows.js';
import { CALL_REQUESTS } from './call-request.entity.js';
import { CALLS, LEGS } from './call.entity.js';
import { FURTHEST_MS, willReadFrom } from './records/sweep-records.js';

/** Plivo cuts a call after a day, and is asked for its price until two hours later at the most: then what it cost is final, or never will be. */
const FIGURES_OPEN_MS = 26 * HOUR_MS;
/** What a sweep reads of ended after an instant began no longer before it. */
const LONGEST_CALL_MS = DAY_MS;

const CALL = selection(CALLS.pick(['id', 'aLegUuid', 'requestId']));
const REQUEST = selection(CALL_REQUESTS.pick(['id']));
const COUNT = selection({ sessionId: text('session_id'), calls: number('COUNT(*)') });
const STRANGER = selection(CALLS.pick(['id', 'accountId', 'aLegUuid', 'requestId', 'createdAt', 'endedAt']));
const LEG = selection(LEGS.pick(['legUuid']));

type ForgottenCall = Selected<typeof CALL>;

/** A call that came to no session. Instants are milliseconds since 1970. */
export type StrangersCall = Selected<typeof STRANGER>;

/** Before every call. */
export const FIRST_CALL = { id: '', createdAt: 0 };

/** A statement has room for some thousand parameters, and a session may have had many calls. */
const AT_ONCE = 500;

/** Deletes calls, with their legs, what was answered and what was kept for them. What they come to in sums is its keeper's to remember first. */
@Injectable()
export class ForgetCalls {
  constructor(
    private readonly database: Database,
    private readonly spend: Spend,
  ) {}

  /**
   * When a call of an account must have begun that its figures are final, told or given up: nor will the sweep of records read of it any more, which after an outage
   * goes back for days, and would take it for one of which nobody has told.
   */
  async finalBefore(manager: EntityManager, accountId: string, now: number): Promise<number> {
    const final = now - FIGURES_OPEN_MS;
    const from = await willReadFrom(manager, accountId);
    if (from === null || from - LONGEST_CALL_MS >= final) return final;
    return Math.max(from - LONGEST_CALL_MS, final - FURTHEST_MS);
  }

  /** How many calls each of these sessions has; those without are left out. `since`: only those that began after it. */
  async count(tx: Tx, sessionIds: string[], since = 0): Promise<Map<string, number>> {
    const counts = await COUNT.read(
      tx,
      `FROM masked_call ${this.database.byIndex('masked_call_session')}
       WHERE session_id IN (${marks(sessionIds)}) AND created_at > ? GROUP BY session_id`,
      [...sessionIds, since],
    );
    return new Map(counts.map(({ sessionId, calls }) => [sessionId, calls]));
  }

  /** The oldest calls of a session. */
  oldestOf(tx: Tx, sessionId: string, limit: number): Promise<ForgottenCall[]> {
    return CALL.read(tx, `FROM masked_call WHERE session_id = ? ORDER BY created_at LIMIT ${limit}`, [sessionId]);
  }

  /** All calls of these sessions, every wish for one, and the PINs that were wrong. */
  async ofSessions(tx: Tx, sessionIds: string[]): Promise<void> {
    const those = `session_id IN (${marks(sessionIds)})`;
    const calls = await CALL.read(
      tx,
      `FROM masked_call ${this.database.byIndex('masked_call_session')} WHERE ${those}`,
      sessionIds,
    );
    await this.run(tx, calls);
    // Of a call that is not known, and which of these sessions was once asked about.
    await change(tx, `${this.database.deleteFrom('call_leg', 'call_leg_session')} WHERE ${those}`, sessionIds);
    await change(tx, `${this.database.deleteFrom('pin_failure', 'pin_failure_session')} WHERE ${those}`, sessionIds);
    const rest = `FROM call_request ${this.database.byIndex('call_request_session')} WHERE ${those}`;
    const requests = (await REQUEST.read(tx, rest, sessionIds)).map(({ id }) => id);
    if (requests.length === 0) return;
    await this.spend.forget(tx, requests);
    await change(tx, `${this.database.deleteFrom('call_request')} WHERE id IN (${marks(requests)})`, requests);
  }

  /** These calls. */
  async run(tx: Tx, calls: ForgottenCall[]): Promise<void> {
    for (let start = 0; start < calls.length; start += AT_ONCE)
      await this.some(tx, calls.slice(start, start + AT_ONCE));
  }

  private async some(tx: Tx, calls: ForgottenCall[]): Promise<void> {
    const ids = calls.map(({ id }) => id);
    const those = `IN (${marks(ids)})`;
    await change(tx, `${this.database.deleteFrom('call_answer')} WHERE call_id ${those}`, ids);
    await change(tx, `${this.database.deleteFrom('call_leg', 'call_leg_call')} WHERE call_id ${those}`, ids);
    await change(tx, `${this.database.deleteFrom('masked_call')} WHERE id ${those}`, ids);
    await this.spend.forget(
      tx,
      calls.map(({ id, requestId }) => requestId ?? id),
    );
  }

  /** The next calls that came to no session, whose ever, in the order of their begin: behind one, up to an instant. */
  strangers(
    tx: Tx,
    { after, until, limit }: { after: Pick<StrangersCall, 'id' | 'createdAt'>; until: number; limit: number },
  ): Promise<StrangersCall[]> {
    return STRANGER.read(
      tx,
      `FROM masked_call ${this.database.byIndex('masked_call_session')}
       WHERE session_id IS NULL AND created_at >= ? AND created_at <= ? AND (created_at > ? OR id > ?)
       ORDER BY created_at, id LIMIT ${limit}`,
      [after.createdAt, until, after.createdAt, after.id],
    );
  }

  /** Deletes the oldest legs of an account that no call is known for, of those that ended by an instant; returns their CallUUIDs. */
  async loneLegs(tx: Tx, accountId: string, until: number, limit: number): Promise<string[]> {
    const legs = await LEG.read(
      tx,
      `FROM call_leg ${this.database.byIndex('call_leg_ended')}
       WHERE account_id = ? AND ended_at <= ? AND call_id IS NULL AND session_id IS NULL ORDER BY ended_at, leg_uuid LIMIT ${limit}`,
      [accountId, until],
    );
    const uuids = legs.map(({ legUuid }) => legUuid);
    if (uuids.length > 0)
      await change(
        tx,
        `${this.database.deleteFrom('call_leg')} WHERE account_id = ? AND leg_uuid IN (${marks(uuids)})`,
        [accountId, ...uuids],
      );
    return uuids;
  }
}
