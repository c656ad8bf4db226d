import { callingCodeOf, type E164 } from './phone.js';

/**
 * Calling codes of countries whose rules keep calls by their numbers inside: both people on such a call must be there. India: Plivo's "media
 * anchoring", hang-up cause 2070.
 */
const KEPT_INSIDE: readonly string[] = ['91'];

/** Calling codes whose numbers may not be lent to these people. Who is not known yet may be anywhere, and is judged when it calls. */
export function barredCodes(people: readonly (string | null)[]): string[] {
  return KEPT_INSIDE.filter((code) =>
    people.some((person) => person !== null && callingCodeOf(person as E164) !== code),
  );
}

/** Whether a virtual number may connect these people. */
export function mayConnect(virtualNumber: string, people: readonly (string | null)[]): boolean {
  return !barredCodes(people).includes(callingCodeOf(virtualNumber as E164));
}
