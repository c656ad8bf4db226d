import { Injectable } from '@nestjs/common';
import type { CallSettings } from '../../accounts/index.js';
import { IN_PROGRESS, isLive, SEAT, type Seat, type SessionRecord } from '../../sessions/index.js';
import { Clock } from '../../platform/clock.js';
import { Crypto } from '../../platform/crypto/crypto.js';
import type { Tx } from '../../platform/database/database.js';
import { exists, selection, text } from '../../platform/database/rows.js';
import { Config } from '../../platform/settings/config.js';
import { isDialable } from '../../telephony/destinations.js';
import { mayConnect } from '../../telephony/country-rules.js';
import type { E164 } from '../../telephony/phone.js';
import type { SeatFacts, SeenBusy } from './call-decision.js';
import { callerPlace, CALLS } from '../call.entity.js';

const LAST_CALLER = selection(CALLS.pick(['id', 'caller']));

/** Reads what a decision about a seat depends on. The caller holds the session's row, so that none of it changes before the decision is kept. */
@Injectable()
export class ReadSeat {
  constructor(
    private readonly clock: Clock,
    private readonly crypto: Crypto,
    private readonly config: Config,
  ) {}

  /** `requestId`: the request that asks, which does not make itself busy. `busy`: what was seen of a session while its row was held. */
  async run(
    tx: Tx,
    session: SessionRecord,
    settings: CallSettings,
    {
      caller = null,
      requestId = null,
      busy = null,
    }: { caller?: E164 | null; requestId?: string | null; busy?: SeenBusy | null } = {},
  ): Promise<SeatFacts> {
    const now = this.clock.now();
    return {
      isLive: isLive(session, now),
      isBusy: busy?.sessionId === session.id ? busy.isBusy : await isBusy(tx, session.id, now, requestId),
      caller,
      lastCaller: await this.lastCaller(tx, session),
      isDialable: (number) => isDialable(number, settings).allowed && this.mayConnect(session, [caller, number]),
    };
  }

  /** A caller of no session's or a party that was not known when the number was lent: the rules of its country hold all the same. */
  private mayConnect({ virtualNumber }: SessionRecord, people: (E164 | null)[]): boolean {
    return this.config.plivo.countryRules === 'off' || mayConnect(virtualNumber, people);
  }

  private async lastCaller(tx: Tx, { id, accountId, parties }: SessionRecord): Promise<E164 | null> {
    if (parties.first !== null && parties.second !== null) return null;
    const missing = parties.first === null ? 'first' : 'second';
    const [call] = await LAST_CALLER.read(
      tx,
      `FROM masked_call WHERE session_id = ? AND caller_role = ? AND connected_at IS NOT NULL
       ORDER BY connected_at DESC, id DESC LIMIT 1`,
      [id, missing],
    );
    // Who called last may have shown no number; nobody else is called in their place.
    if (!call || call.caller === null) return null;
    return this.crypto.open(callerPlace({ callId: call.id, accountId }), call.caller) as E164;
  }
}

const PENDING = "status IN ('wanted', 'placing', 'placed') AND pending_until > ?";

const BUSY = selection({
  sessionId: text('a.session_id'),
  isBusy: {
    sql: `(EXISTS (SELECT 1 FROM interaction i WHERE i.session_id = a.session_id AND i.ended_at IS NULL AND i.busy_until > ?)
      OR EXISTS (SELECT 1 FROM call_request r WHERE r.session_id = a.session_id AND r.${PENDING}))`,
    from: Boolean,
  },
});

/**
 * As `isBusy`, of the session that was lent a seat last: it can be asked for together with that session, before its id is known. A statement of its
 * own, because a subquery of the one that waits for the session's row would see what was committed before the wait. A seat as a derived table would cost
 * MariaDB half as much again (150 us beside 100).
 */
export async function busyAt(
  tx: Tx,
  { virtualNumber, accountId, partyIndex }: Seat,
  now: number,
): Promise<SeenBusy | null> {
  const [seen] = await BUSY.read(tx, SEAT, [now, now, virtualNumber, accountId, partyIndex]);
  return seen ?? null;
}

/** Whether a conversation of the session is on, or a request of it waits or rings; `except` is the request that asks. One trip for both. */
export function isBusy(tx: Tx, sessionId: string, now: number, except: string | null = null): Promise<boolean> {
  return exists(
    tx,
    `${IN_PROGRESS}
     UNION ALL SELECT 1 FROM call_request WHERE session_id = ? AND ${PENDING} AND id <> ? LIMIT 1`,
    [sessionId, now, sessionId, now, except ?? ''],
  );
}
