import { Injectable } from '@nestjs/common';
import type { CallRecord } from '../../plivo/index.js';
import { subaccountOf } from '../../sessions/index.js';
import { Clock } from '../../platform/clock.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { selection, type Selected } from '../../platform/database/rows.js';
import { Events } from '../../platform/events/events.js';
import { parseCaller } from '../../telephony/phone.js';
import { holdCall } from '../facts/hold-call.js';
import { addLeg, legsOfCall, noteLegFacts } from '../facts/legs.js';
import { CALLS } from '../call.entity.js';
import { CallEnded, CallFigured, PartyAnswered, PartyHungUp, type RecordState } from '../call-routing.events.js';
import { recorded, type LegFacts } from '../facts/join-facts.js';
import { tellInteraction } from '../facts/tell-interaction.js';

const CALL = selection(CALLS.pick(['id', 'sessionId', 'callerRole', 'decision']));
type JoinedCall = Selected<typeof CALL> & { subaccountId: string | null };

/** A call whose answer was never asked of us, or is still being asked. */
const UNANSWERED = { id: null, sessionId: null, subaccountId: null, callerRole: null };

/** Joins what Plivo's call records say of one call into its legs, as webhooks do; a record corrects what they told of the bill. */
@Injectable()
export class JoinRecords {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly events: Events,
  ) {}

  /** Legs of a call that is given up and of which no end was heard end with what is known of them, and everybody is told. */
  async run(
    tx: Tx,
    { accountId, aLegUuid }: { accountId: string; aLegUuid: string },
    records: CallRecord[],
    state: RecordState,
  ): Promise<void> {
    const call = await this.heldCall(tx, accountId, aLegUuid);

    // Of a call that we never answered, or that was handed on, only its own leg is known of: whatever else it dialled, we did not.
    const isOurs = call !== null && call.decision !== 'redirect';
    for (const record of records.filter(({ callUuid }) => isOurs || callUuid === aLegUuid))
      await this.joinLeg(tx, { accountId, aLegUuid, call }, record);

    if (call) await this.end(tx, accountId, call, state);
    const own = records.find(({ callUuid }) => callUuid === aLegUuid);
    await this.events.publish(tx, new CallFigured(accountId, aLegUuid, own ? virtualNumberOf(own) : null, state));
  }

  /** As what it is once nobody else can note facts about it. */
  private async heldCall(tx: Tx, accountId: string, aLegUuid: string): Promise<JoinedCall | null> {
    const rest = 'FROM masked_call WHERE account_id = ? AND a_leg_uuid = ?';
    const [call] = await CALL.read(tx, rest, [accountId, aLegUuid]);
    if (!call) return null;
    const sessionId = await holdCall(tx, this.database, { callId: call.id, sessionId: call.sessionId });
    // Of a session that was erased its legs know it.
    const subaccountId =
      sessionId === null
        ? ((await legsOfCall(tx, call.id))[0]?.subaccountId ?? null)
        : await subaccountOf(tx, sessionId);
    return { ...call, sessionId, subaccountId };
  }

  /** Settles what is to be settled, and tells if that ended the call. */
  private async end(tx: Tx, accountId: string, call: JoinedCall, state: RecordState): Promise<void> {
    const now = this.clock.now();
    if (state === 'given-up') await this.endLegs(tx, accountId, call);
    if (state !== 'open') await closeLegs(tx, call.id, now);
    const hasEnded = await tellInteraction(tx, this.events, call.id, now);
    if (hasEnded && call.sessionId) await this.events.publish(tx, new CallEnded(accountId, call.sessionId, call.id));
  }

  private async endLegs(tx: Tx, accountId: string, { id: callId, sessionId }: JoinedCall): Promise<void> {
    for (const { legUuid, role, isEnded } of await legsOfCall(tx, callId)) {
      if (isEnded) continue;
      await noteLegFacts(tx, { accountId, legUuid }, { isEnded: true }, this.database.forUpdate);
      if (sessionId !== null && role !== null)
        await this.events.publish(tx, new PartyHungUp(accountId, sessionId, callId, role, legUuid));
    }
  }

  private async joinLeg(
    tx: Tx,
    { accountId, aLegUuid, call }: { accountId: string; aLegUuid: string; call: JoinedCall | null },
    record: CallRecord,
  ): Promise<void> {
    const side = record.callUuid === aLegUuid ? 'A' : 'B';
    const { id: callId, sessionId, subaccountId, callerRole } = call ?? UNANSWERED;
    const role = roleOf(callerRole, side);
    const key = { accountId, legUuid: record.callUuid };
    await addLeg(tx, { ...key, callId, sessionId, subaccountId, side, role });
    const { before, after } = await noteLegFacts(tx, key, factsOfRecord(record), this.database.forUpdate);
    if (callId === null || sessionId === null || role === null) return;
    if (side === 'B' && !before.isAnswered && after.isAnswered)
      await this.events.publish(tx, new PartyAnswered(accountId, sessionId, callId, role));
    if (!before.isEnded)
      await this.events.publish(tx, new PartyHungUp(accountId, sessionId, callId, role, record.callUuid));
  }
}

/** From here on what is not known of the call's legs is not waited for. */
async function closeLegs(tx: Tx, callId: string, now: number): Promise<void> {
  await CALLS.update(tx, { reconciledAt: now }, 'WHERE id = ? AND reconciled_at IS NULL', [callId]);
}

function roleOf(caller: 'first' | 'second' | null, side: 'A' | 'B'): 'first' | 'second' | null {
  if (caller === null || side === 'A') return caller;
  return caller === 'first' ? 'second' : 'first';
}

/** Calls to it are inbound, calls that it makes are requested ones. */
export function virtualNumberOf({ direction, from, to }: CallRecord): string | null {
  return parseCaller(direction === 'outbound' ? from : to);
}

export function factsOfRecord(record: CallRecord): Partial<LegFacts> {
  return recorded({
    isEnded: true,
    isAnswered: record.answeredAt !== null || (record.durationSeconds ?? 0) > 0,
    startedAt: record.startedAt,
    answeredAt: record.answeredAt,
    endedAt: record.endedAt,
    duration: record.durationSeconds,
    billedDuration: record.billedSeconds,
    amount: record.amountMicros,
    hangupCauseCode: record.hangupCauseCode,
    hangupCauseName: record.hangupCauseName,
    hangupSource: record.hangupSource,
  });
}
