import { isFinal, type ForwardState } from './join-reports.js';

/** When Plivo's record of a text is read for its price: carriers' part of it is told nowhere else, and not at once. Of many `sent` is the last that is ever told. */
export const PRICED_AFTER_MS = { final: 600_000, sent: 86_400_000 } as const;

/** Of what Plivo has taken: of anything else there is no record. */
export function priceAtOf(state: ForwardState, now: number): number {
  return now + (isFinal(state) ? PRICED_AFTER_MS.final : PRICED_AFTER_MS.sent);
}
