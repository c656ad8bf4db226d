import { isDialable, type DestinationPolicy } from '../telephony/destinations.js';
import type { E164 } from '../telephony/phone.js';
import { DestinationNotAllowed } from './sessions.errors.js';

/** Refuses a party that could never be called; the same rule stands again right before dialling. */
export function requireAllowed(
  parties: { first: string | null; second: string | null },
  policy: DestinationPolicy,
): void {
  for (const role of ['first', 'second'] as const) {
    const number = parties[role];
    if (number !== null && !isDialable(number as E164, policy).allowed)
      throw new DestinationNotAllowed(`${role}_party`);
  }
}
