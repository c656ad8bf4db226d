import { Injectable } from '@nestjs/common';
import type { CallSettings } from '../../accounts/index.js';
import { isInProgress, isLive, type SessionRecord } from '../../sessions/index.js';
import { Clock } from '../../platform/clock.js';
import { Crypto } from '../../platform/crypto/crypto.js';
import type { Tx } from '../../platform/database/database.js';
import { isDialable } from '../../telephony/destinations.js';
import type { E164 } from '../../telephony/phone.js';
import type { SeatFacts } from './call-decision.js';
import { callerPlace } from '../call.entity.js';

/** Reads what a decision about a seat depends on. The caller holds the session's row, so that none of it changes before the decision is kept. */
@Injectable()
export class ReadSeat {
  constructor(
    private readonly clock: Clock,
    private readonly crypto: Crypto,
  ) {}

  /** `requestId`: the request that asks, which does not make itself busy. */
  async run(
    tx: Tx,
    session: SessionRecord,
    settings: CallSettings,
    { caller = null, requestId = null }: { caller?: E164 | null; requestId?: string | null } = {},
  ): Promise<SeatFacts> {
    const now = this.clock.now();
    return {
      isLive: isLive(session, now),
      isBusy: (await isInProgress(tx, session.id, now)) || (await this.isRequested(tx, session.id, requestId, now)),
      caller,
      lastCaller: await this.lastCaller(tx, session),
      isDialable: (number) => isDialable(number, settings).allowed,
    };
  }

  private async isRequested(tx: Tx, sessionId: string, requestId: string | null, now: number): Promise<boolean> {
    const rows = (await tx.query(
      `SELECT id FROM call_request WHERE session_id = ? AND status IN ('wanted', 'placing', 'placed') AND pending_until > ?`,
      [sessionId, now],
    )) as { id: string }[];
    return rows.some((row) => row.id !== requestId);
  }

  private async lastCaller(tx: Tx, { id, accountId, parties }: SessionRecord): Promise<E164 | null> {
    if (parties.first !== null && parties.second !== null) return null;
    const missing = parties.first === null ? 'first' : 'second';
    const [call] = (await tx.query(
      `SELECT id, caller FROM masked_call WHERE session_id = ? AND caller_role = ? AND connected_at IS NOT NULL
       ORDER BY connected_at DESC, id DESC LIMIT 1`,
      [id, missing],
    )) as { id: string; caller: string | null }[];
    // Who called last may have shown no number; nobody else is called in their place.
    if (!call || call.caller === null) return null;
    return this.crypto.open(callerPlace({ callId: call.id, accountId }), call.caller) as E164;
  }
}
