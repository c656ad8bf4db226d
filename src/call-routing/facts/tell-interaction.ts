import { legStatus } from '../../plivo/index.js';
import { noteInteraction, type Interaction } from '../../sessions/index.js';
import { change, type Tx } from '../../platform/database/database.js';
import type { Events } from '../../platform/events/events.js';
import { legsOfCall, type Leg } from './legs.js';
import { ConversationNoted } from '../call-routing.events.js';

/** A call whose dialling is over should hear of its end within seconds; after this it no longer holds its session. */
const END_GRACE_MS = 60_000;

interface CallRow {
  id: string;
  account_id: string;
  session_id: string | null;
  decision: 'connect' | 'refuse';
  caller_role: 'first' | 'second' | null;
  a_leg_uuid: string;
  created_at: number;
  ended_at: number | null;
  dial_status: string | null;
}

/**
 * Derives what the API tells of a call from everything known of its legs, anew each time: the result depends on what is known, never on the
 * order in which it came. Returns whether this made the call end. The caller holds the session's row.
 */
export async function tellInteraction(tx: Tx, events: Events, callId: string, now?: number): Promise<boolean> {
  const [call] = (await tx.query('SELECT * FROM masked_call WHERE id = ?', [callId])) as CallRow[];
  if (!call) return false;
  const legs = await legsOfCall(tx, callId);
  const end = endOf(call, legs);
  const before = call.ended_at === null ? null : Number(call.ended_at);
  if (before !== end) await change(tx, 'UPDATE masked_call SET ended_at = ? WHERE id = ?', [end, callId]);

  const [present] = (await tx.query('SELECT busy_until FROM interaction WHERE id = ?', [callId])) as {
    busy_until: number;
  }[];
  if (!present || call.session_id === null) return false;
  const isDialOver = call.dial_status !== null || legs.some((leg) => leg.side === 'B' && leg.isEnded);
  const heldUntil = Number(present.busy_until);
  const busyUntil = end ?? (isDialOver && now !== undefined ? Math.min(heldUntil, now + END_GRACE_MS) : heldUntil);
  await noteInteraction(tx, interactionOf(call, legs, call.session_id, busyUntil, end));
  await events.publish(tx, new ConversationNoted(call.account_id, call.session_id, callId));
  return before === null && end !== null;
}

function interactionOf(
  call: CallRow,
  legs: Leg[],
  sessionId: string,
  busyUntil: number,
  endedAt: number | null,
): Omit<Interaction, 'ownAmount' | 'recordingId'> {
  const total = (of: (leg: Leg) => number | null): number => legs.reduce((sum, leg) => sum + (of(leg) ?? 0), 0);
  const aLeg = legs.find((leg) => leg.side === 'A');
  const bLegs = legs.filter((leg) => leg.side === 'B');
  const bLeg = bLegs.find((leg) => leg.isAnswered) ?? bLegs[0];
  const told = {
    caller: { legUuid: call.a_leg_uuid, status: aLeg?.isEnded ? statusOf(aLeg) : null },
    called: { legUuid: bLeg?.legUuid ?? null, status: bLeg ? endedStatus(bLeg, call) : undialledStatus(call) },
  };
  const [first, second] = call.caller_role === 'first' ? [told.caller, told.called] : [told.called, told.caller];
  return {
    id: call.id,
    sessionId,
    startedAt: aLeg?.startedAt ?? Number(call.created_at),
    endedAt,
    busyUntil,
    firstLegUuid: first.legUuid,
    secondLegUuid: second.legUuid,
    firstStatus: first.status,
    secondStatus: second.status,
    legCount: Math.max(legs.length, 1),
    duration: total((leg) => leg.duration),
    billedDuration: total((leg) => leg.billedDuration),
    amount: total((leg) => leg.amount),
  };
}

/** The call ends with its A leg, by Plivo's clock; where the hang-up names no time, by the leg's own length. */
function endOf(call: CallRow, legs: Leg[]): number | null {
  const aLeg = legs.find((leg) => leg.side === 'A');
  if (!aLeg?.isEnded) return null;
  return aLeg.endedAt ?? (aLeg.startedAt ?? Number(call.created_at)) + (aLeg.duration ?? 0) * 1000;
}

function statusOf(leg: Leg): string {
  const wasAnswered = leg.isAnswered || leg.answeredAt !== null || (leg.duration ?? 0) > 0;
  return legStatus({
    wasAnswered,
    hangupCauseCode: leg.hangupCauseCode,
    hangupCause: leg.hangupCause,
    callStatus: leg.callStatus,
  });
}

function endedStatus(leg: Leg, call: CallRow): string | null {
  if (leg.isEnded) return statusOf(leg);
  return call.dial_status === null ? null : statusOf(leg.isAnswered ? leg : { ...leg, callStatus: call.dial_status });
}

/** No leg is known: the dial action alone tells why nobody was reached. */
function undialledStatus(call: CallRow): string | null {
  return call.dial_status === null || call.dial_status === 'completed' ? null : call.dial_status;
}
