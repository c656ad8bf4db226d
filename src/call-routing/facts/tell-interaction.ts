import { legStatus } from '../../plivo/index.js';
import { noteInteraction, type Interaction } from '../../sessions/index.js';
import type { Tx } from '../../platform/database/database.js';
import { number, numberOrNull, selection, type Selected } from '../../platform/database/rows.js';
import type { Events } from '../../platform/events/events.js';
import { CALLS } from '../call.entity.js';
import { outcomeOf } from './call-outcome.js';
import { legsOfCall, type Leg } from './legs.js';
import { tellOutcome } from './tell-outcome.js';
import { ConversationNoted } from '../call-routing.events.js';

/** A call whose dialling is over should hear of its end within seconds; after this it no longer holds its session. */
const END_GRACE_MS = 60_000;

const CALL = selection(
  CALLS.pick([
    'id',
    'accountId',
    'sessionId',
    'callerRole',
    'aLegUuid',
    'decision',
    'reason',
    'createdAt',
    'endedAt',
    'dialStatus',
    'outcome',
    'virtualNumber',
  ]),
);
type ToldCall = Selected<typeof CALL>;
const HELD = selection({ until: number('busy_until'), endedAt: numberOrNull('ended_at') });

/**
 * Derives what the API tells of a call from everything known of its legs, anew each time: the result depends on what is known, never on the
 * order in which it came. Keeps with the call when it ended and what became of it. Returns whether this made the conversation end. The caller holds the session's row.
 */
export async function tellInteraction(tx: Tx, events: Events, callId: string, now?: number): Promise<boolean> {
  const [call] = await CALL.read(tx, 'FROM masked_call WHERE id = ?', [callId]);
  if (!call) return false;
  const legs = await legsOfCall(tx, callId);
  const endedAt = endOf(call, legs);
  const { outcome } = outcomeOf({ ...call, endedAt }, legs);
  if (call.endedAt !== endedAt || call.outcome !== outcome)
    await CALLS.update(tx, { endedAt, outcome }, 'WHERE id = ?', [callId]);
  await tellOutcome(tx, events, call, { legs, outcome });

  const [held] = await HELD.read(tx, 'FROM interaction WHERE id = ?', [callId]);
  if (!held || call.sessionId === null) return false;
  const isDialOver = call.dialStatus !== null || legs.some((leg) => leg.side === 'B' && leg.isEnded);
  const heldUntil = isDialOver && now !== undefined ? Math.min(held.until, now + END_GRACE_MS) : held.until;
  await noteInteraction(tx, interactionOf(call, legs, call.sessionId, endedAt ?? heldUntil, endedAt));
  await events.publish(tx, new ConversationNoted(call.accountId, call.sessionId, callId));
  // By what was told: a call at its PIN prompt may have ended before it became a conversation.
  return held.endedAt === null && endedAt !== null;
}

function interactionOf(
  call: ToldCall,
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
    caller: { legUuid: call.aLegUuid, status: aLeg?.isEnded ? statusOf(aLeg) : null },
    called: { legUuid: bLeg?.legUuid ?? null, status: bLeg ? endedStatus(bLeg, call) : undialledStatus(call) },
  };
  const [first, second] = call.callerRole === 'first' ? [told.caller, told.called] : [told.called, told.caller];
  return {
    id: call.id,
    sessionId,
    startedAt: aLeg?.startedAt ?? call.createdAt,
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
function endOf(call: ToldCall, legs: Leg[]): number | null {
  const aLeg = legs.find((leg) => leg.side === 'A');
  if (!aLeg?.isEnded) return null;
  return aLeg.endedAt ?? (aLeg.startedAt ?? call.createdAt) + (aLeg.duration ?? 0) * 1000;
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

function endedStatus(leg: Leg, call: ToldCall): string | null {
  if (leg.isEnded) return statusOf(leg);
  return call.dialStatus === null ? null : statusOf({ ...leg, callStatus: call.dialStatus });
}

/** No leg is known: the dial action alone tells why nobody was reached. */
function undialledStatus(call: ToldCall): string | null {
  return call.dialStatus === null || call.dialStatus === 'completed' ? null : call.dialStatus;
}
