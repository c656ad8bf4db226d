import type { Tx } from '../../platform/database/database.js';
import type { Events } from '../../platform/events/events.js';
import { CallTurnedOut, PinChecked } from '../call-routing.events.js';
import type { E164 } from '../../telephony/phone.js';
import type { Outcome } from '../decision-words.js';
import { outcomeOf } from '../facts/call-outcome.js';
import type { CallDecision } from './call-decision.js';

/** What becomes of a call for which nobody is dialled is known at once. `virtualNumber`: what was called, for calls that came to no session. */
export async function tellRefusal(
  tx: Tx,
  events: Events,
  { accountId, virtualNumber }: { accountId: string; virtualNumber: string | null },
  decision: CallDecision,
): Promise<void> {
  const outcome = outcomeNow(decision);
  if (outcome === null) return;
  const called = decision.seat?.session.virtualNumber ?? virtualNumber;
  const unconnected = { setUp: null, talk: null };
  await events.publish(tx, new CallTurnedOut(accountId, called, outcome, decision.reason, null, unconnected));
}

/** Of a call that was asked for its PIN: that it was right, and whom it is connected with; and that nobody is dialled. */
export async function tellDecided(
  tx: Tx,
  events: Events,
  call: { accountId: string; callId: string; caller: E164 | null; wrongPins?: number },
  decision: CallDecision,
): Promise<void> {
  const { accountId, callId, caller, wrongPins } = call;
  const { seat } = decision;
  if (wrongPins !== undefined && seat !== null) {
    const dialled = decision.decision === 'connect' ? decision.dial : null;
    await events.publish(
      tx,
      new PinChecked(accountId, seat.session.id, callId, 'success', wrongPins, caller, seat.role, dialled),
    );
  }
  await tellRefusal(tx, events, { accountId, virtualNumber: null }, decision);
}

/** As long as nothing has been heard of the call but what was decided about it. */
export function outcomeNow({ decision, reason }: CallDecision): Outcome | null {
  return outcomeOf({ decision, reason, endedAt: null, dialStatus: null }, []).outcome;
}
