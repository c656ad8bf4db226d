import type { E164 } from '../shared/phone.js';

/** Everything a decision may depend on, read beforehand. */
export interface CallFacts {
  /** The virtual number as dialled; null when Plivo sent something that is no number. */
  virtualNumber: E164 | null;
  /** Null for withheld numbers, SIP URIs, national forms and rubbish: strangers all. */
  caller: E164 | null;
  /** The live session that has this caller on this number. */
  route: { session: { parties: { first: string | null; second: string | null } }; role: 'first' | 'second' } | null;
  /** Whether a conversation of that session is on. */
  isInProgress: boolean;
}

export type RefusalReason = 'stranger' | 'withheld' | 'busy' | 'no-other-party';

export type CallDecision =
  | { decision: 'connect'; reason: 'party'; role: 'first' | 'second'; dial: E164 }
  | { decision: 'refuse'; reason: RefusalReason };

/** Who is calling whom. Pure: the live call and every explanation of it come from here. When in doubt it refuses; it never guesses. */
export function decideCall({ virtualNumber, caller, route, isInProgress }: CallFacts): CallDecision {
  if (caller === null) return { decision: 'refuse', reason: 'withheld' };
  if (virtualNumber === null || route === null) return { decision: 'refuse', reason: 'stranger' };
  const dial = route.role === 'first' ? route.session.parties.second : route.session.parties.first;
  if (dial === null) return { decision: 'refuse', reason: 'no-other-party' };
  if (isInProgress) return { decision: 'refuse', reason: 'busy' };
  return { decision: 'connect', reason: 'party', role: route.role, dial: dial as E164 };
}
