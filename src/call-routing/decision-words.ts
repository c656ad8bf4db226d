/** Of callers whom no session claims: an account may have another use for them. */
export const UNROUTED = ['stranger', 'withheld', 'unreadable', 'expired'] as const;
export type UnroutedReason = (typeof UNROUTED)[number];

export type RefusalReason =
  | UnroutedReason
  | 'locked'
  | 'wait'
  | 'wrong-pin'
  | 'busy'
  | 'no-other-party'
  | 'destination'
  | 'spend-cap'
  | 'daily-cap';

/** How a caller came to a seat in a session. */
export type SeatedBy = 'party' | 'open-session' | 'pin' | 'request';

/**
 * What became of a call. `abandoned`: given up before anybody answered, or at a prompt. `failed`: could not be carried out, or somebody answered and was
 * not connected. `refused`: nobody was dialled, because of who called, when or where.
 */
export const OUTCOMES = ['connected', 'no-answer', 'busy', 'declined', 'failed', 'abandoned', 'refused'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** What may be decided about a call, and why: the words that are stored with it. Apart from what decides, because every room of this module reads them. */
export interface DecisionReasons {
  connect: SeatedBy | 'last-caller';
  'ask-pin': 'forced' | 'pin';
  play: 'unknown-caller';
  refuse: RefusalReason;
  /** Refused here, and handed on to whatever answers at the account's `unrouted_url`. */
  redirect: UnroutedReason;
}
