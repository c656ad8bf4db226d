import type { Tx } from '../../platform/database/database.js';
import type { Events } from '../../platform/events/events.js';
import { CallTurnedOut } from '../call-routing.events.js';
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

/** As long as nothing has been heard of the call but what was decided about it. */
export function outcomeNow({ decision, reason }: CallDecision): Outcome | null {
  return outcomeOf({ decision, reason, endedAt: null, dialStatus: null }, []).outcome;
}
