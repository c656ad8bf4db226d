import { hangupCauseInWords, legStatus, type LegStatus } from '../../plivo/index.js';
import type { MaskedCall } from '../call.entity.js';
import type { DecisionReasons, Outcome, UnroutedReason } from '../decision-words.js';
import { NOTHING_KNOWN, type LegFacts } from './join-facts.js';
import type { Leg } from './legs.js';

/** What an outcome depends on, besides the legs. */
export type DecidedCall = Pick<MaskedCall, 'decision' | 'reason' | 'endedAt' | 'dialStatus'>;

export interface CallOutcome {
  /** Null while the call goes on. */
  outcome: Outcome | null;
  /** In words for an operator; names no number. */
  reason: string;
}

type Reasons = { [Decision in keyof DecisionReasons]: Record<DecisionReasons[Decision], string> };

const UNROUTED: Record<UnroutedReason, string> = {
  stranger: 'the caller is not registered for this number',
  withheld: 'the caller shows no telephone number, so it cannot be registered for this one',
  unreadable:
    'the caller shows something that is no international number (a national form, letters or a SIP address), so it cannot be registered for this one',
  expired: 'the session has ended',
};
const handedOn = (why: string): string => `${why}; the call is handed on to the account's unrouted_url`;

/** Why a caller was treated so: clauses, to stand after a colon or, with a capital, alone. */
const REASONS: Reasons = {
  connect: {
    party: 'the caller is a party of a live session on this number',
    'open-session': 'this number has an open session, which connects every unregistered caller to its registered party',
    pin: 'the caller typed the PIN of a party',
    request: 'the first party asked to be called',
    'last-caller': 'the session has no other party yet, so its registered party reaches whoever called last',
  },
  'ask-pin': {
    forced: 'the caller is registered, and its session asks registered callers for their PIN too',
    pin: 'the caller is not registered, and a live session on this number lets such callers in by PIN',
  },
  play: {
    'unknown-caller': 'there is nobody to connect the caller with, and a session on this number has a file for that',
  },
  refuse: {
    ...UNROUTED,
    locked: 'too many wrong PINs were entered',
    wait: 'many wrong PINs were entered on this number, so guesses are judged one a minute',
    'wrong-pin': 'no right PIN was entered',
    busy: 'another conversation or requested call of the session is on',
    'no-other-party': 'the session has no other party yet, and nobody has called',
    destination:
      "calls to the other party's number are not allowed: not among the account's allowed_countries, or of a kind that is never dialled",
    'spend-cap': "the account's spend cap leaves no room for the longest possible call today",
    'daily-cap': "the account's daily cap of different phones is reached",
  },
  redirect: {
    stranger: handedOn(UNROUTED.stranger),
    withheld: handedOn(UNROUTED.withheld),
    unreadable: handedOn(UNROUTED.unreadable),
    expired: handedOn(UNROUTED.expired),
  },
};

/** Null for a word that this version does not know. */
export function whyDecided(decision: keyof DecisionReasons, reason: string): string | null {
  const reasons: Partial<Record<string, string>> = REASONS[decision];
  return reasons[reason] ?? null;
}

/** The only place where it is decided what became of a call: from all that is known of it, whichever came first. */
export function outcomeOf(call: DecidedCall, legs: readonly Leg[]): CallOutcome {
  const why = whyDecided(call.decision, call.reason) ?? 'the reason is not known';
  switch (call.decision) {
    case 'connect':
      return connectOutcome(call, legs);
    case 'ask-pin':
      return call.endedAt === null
        ? { outcome: null, reason: 'in progress: the caller is asked for a PIN' }
        : promptOutcome(legs);
    case 'play':
      return { outcome: 'refused', reason: `not connected: ${why}` };
    case 'refuse':
      return loneLegOutcome(call.reason, legs) ?? { outcome: 'refused', reason: `refused: ${why}` };
    case 'redirect':
      return { outcome: 'refused', reason: `refused: ${why}` };
  }
}

function connectOutcome(call: DecidedCall, legs: readonly Leg[]): CallOutcome {
  const other = lastLeg(legs, 'B');
  const isOver = call.endedAt !== null || call.dialStatus !== null || other?.isEnded === true;
  if (other && wasConnected(other)) {
    if (!isOver) return { outcome: null, reason: 'in progress: the other party has answered' };
    const talked = other.duration === null ? '' : `, talked ${other.duration} s`;
    return { outcome: 'connected', reason: `connected${talked}` };
  }
  if (!isOver) return { outcome: null, reason: 'in progress: the other party is being called' };
  if (call.dialStatus === 'completed') return { outcome: 'connected', reason: 'connected' };
  return notConnected(whyUnconnected(legs, other, call.dialStatus));
}

function promptOutcome(legs: readonly Leg[]): CallOutcome {
  const fault = faultOfOurs(legs);
  return notConnected(
    fault === null
      ? { outcome: 'abandoned', why: 'the caller hung up before a right PIN was entered' }
      : { outcome: 'failed', why: fault },
  );
}

/** Of a requested call that came no further than its first party; null for calls that were refused in earnest. */
function loneLegOutcome(reason: string, legs: readonly Leg[]): CallOutcome | null {
  if (reason === 'answer-lost')
    return notConnected({
      outcome: 'failed',
      why: "the first party answered, but Plivo's question what to do with the call did not come",
    });
  return reason === 'unanswered' ? notConnected(whyUnreached('the first party', lastLeg(legs, 'A'), null)) : null;
}

interface Unconnected {
  outcome: Exclude<Outcome, 'connected' | 'refused'>;
  why: string;
}

function notConnected({ outcome, why }: Unconnected): CallOutcome {
  return { outcome, reason: `not connected: ${why}` };
}

function whyUnconnected(legs: readonly Leg[], other: Leg | undefined, dialStatus: string | null): Unconnected {
  if (other?.hangupCauseCode === NOT_CONFIRMED) return { outcome: 'failed', why: UNCONFIRMED };
  const fault = other === undefined && dialStatus === null ? faultOfOurs(legs) : null;
  return fault === null ? whyUnreached('the other party', other, dialStatus) : { outcome: 'failed', why: fault };
}

/** Plivo could not go on with what it got from us: its codes of URLs and documents. */
function faultOfOurs(legs: readonly Leg[]): string | null {
  const code = lastLeg(legs, 'A')?.hangupCauseCode ?? 0;
  return code >= 7000 && code < 9000 ? hangupCauseInWords(code) : null;
}

const UNREACHED: Record<LegStatus, { outcome: Unconnected['outcome']; why: (who: string) => string }> = {
  completed: { outcome: 'failed', why: (who) => `${who} answered, but was not connected` },
  busy: { outcome: 'busy', why: (who) => `${who} was busy` },
  'no-answer': { outcome: 'no-answer', why: (who) => `${who} did not answer` },
  timeout: { outcome: 'no-answer', why: (who) => `${who} did not answer in time` },
  cancel: { outcome: 'abandoned', why: (who) => `the call was given up before ${who} answered` },
  failed: { outcome: 'failed', why: (who) => `${who} could not be reached` },
};
/** Picked up, and never connected: Plivo waited for a key, although we ask for none. */
const NOT_CONFIRMED = 9110;
const UNCONFIRMED =
  'the other party answered and heard its file, but Plivo waited for a key and did not connect it; CALLEE_SOUND=off leaves such files out';
const REJECTED_CODES = new Set([3020, 3110]);

function whyUnreached(who: string, leg: Leg | undefined, dialStatus: string | null): Unconnected {
  // A caller that hangs up at once leaves neither a leg nor a dial status.
  const status =
    !leg && dialStatus === null
      ? 'cancel'
      : statusOf({ ...(leg ?? NOTHING_KNOWN), callStatus: leg?.callStatus ?? dialStatus });
  if (leg && REJECTED_CODES.has(leg.hangupCauseCode ?? 0))
    return { outcome: 'declined', why: `${who} declined the call` };
  const cause = status === 'failed' && leg?.hangupCauseCode ? ` (${hangupCauseInWords(leg.hangupCauseCode)})` : '';
  const { outcome, why } = UNREACHED[status];
  return { outcome, why: why(who) + cause };
}

/** A leg's state in the API's words once it has ended; until then whether its phone has been picked up. */
export function legInWords(leg: Leg): { status: LegStatus | 'ringing' | 'in-progress'; cause: string | null } {
  if (leg.isEnded) return { status: statusOf(leg), cause: hangupCauseInWords(leg.hangupCauseCode) };
  // We answer callers ourselves, and hear of a requested call's leg when it answers.
  return { status: leg.side === 'A' || wasAnswered(leg) ? 'in-progress' : 'ringing', cause: null };
}

function statusOf(leg: LegFacts): LegStatus {
  const { hangupCauseCode, hangupCause, callStatus } = leg;
  return legStatus({ wasAnswered: wasAnswered(leg), hangupCauseCode, hangupCause, callStatus });
}

function wasConnected(leg: LegFacts): boolean {
  return wasAnswered(leg) && leg.hangupCauseCode !== NOT_CONFIRMED;
}

function wasAnswered(leg: LegFacts): boolean {
  return leg.isAnswered || leg.answeredAt !== null || (leg.duration ?? 0) > 0;
}

/** Of several legs of one side, the one that was answered. */
function lastLeg(legs: readonly Leg[], side: 'A' | 'B'): Leg | undefined {
  const own = legs.filter((leg) => leg.side === side);
  return own.find(wasAnswered) ?? own.at(-1);
}
