import type { Tx } from '../../platform/database/database.js';
import type { Events } from '../../platform/events/events.js';
import type { MaskedCall } from '../call.entity.js';
import { CallTurnedOut } from '../call-routing.events.js';
import type { Outcome } from '../decision-words.js';
import type { Leg } from './legs.js';

type ToldCall = Pick<MaskedCall, 'accountId' | 'virtualNumber' | 'reason' | 'createdAt' | 'outcome'>;

/** Tells what became of a call, the first time that it is known. `call`: as it was kept before. */
export async function tellOutcome(
  tx: Tx,
  events: Events,
  call: ToldCall,
  { legs, outcome }: { legs: readonly Leg[]; outcome: Outcome | null },
): Promise<void> {
  if (call.outcome !== null || outcome === null) return;
  const { accountId, virtualNumber, reason } = call;
  const aLeg = legs.find((leg) => leg.side === 'A');
  const others = legs.filter((leg) => leg.side === 'B');
  const other = others.find((leg) => leg.isAnswered) ?? others[0];
  const code = other?.hangupCauseCode ?? aLeg?.hangupCauseCode ?? null;
  const seconds = outcome === 'connected' && other ? secondsOf(other, aLeg?.startedAt ?? call.createdAt) : UNKNOWN;
  await events.publish(tx, new CallTurnedOut(accountId, virtualNumber, outcome, reason, code, seconds));
}

const UNKNOWN = { setUp: null, talk: null };

function secondsOf({ answeredAt, duration }: Leg, begunAt: number): CallTurnedOut['seconds'] {
  return { setUp: answeredAt === null ? null : Math.max(0, answeredAt - begunAt) / 1000, talk: duration };
}
