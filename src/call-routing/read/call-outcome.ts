import { hangupCauseInWords, legStatus, type LegStatus } from '../../plivo/index.js';
import type { CallDecision, UnroutedReason } from '../answer/call-decision.js';
import type { Leg } from '../facts/legs.js';
import type { MaskedCall } from '../call.entity.js';
import { NOTHING_KNOWN, type LegFacts } from '../facts/join-facts.js';

/** What an outcome depends on, besides the legs. */
export type DecidedCall = Pick<MaskedCall, 'decision' | 'reason' | 'endedAt' | 'dialStatus'>;

type Reasons = { [Decided in CallDecision as Decided['decision']]: Record<Decided['reason'], string> };

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
export function whyDecided(decision: CallDecision['decision'], reason: string): string | null {
  const reasons: Partial<Record<string, string>> = REASONS[decision];
  return reasons[reason] ?? null;
}

/** What became of a call, for an operator; names no number. */
export function callOutcome(call: DecidedCall, legs: readonly Leg[]): string {
  const why = whyDecided(call.decision, call.reason) ?? 'the reason is not known';
  switch (call.decision) {
    case 'connect':
      return connectOutcome(call, legs);
    case 'ask-pin':
      return call.endedAt === null
        ? 'in progress: the caller is asked for a PIN'
        : `not connected: ${faultOfOurs(legs) ?? 'the caller hung up before a right PIN was entered'}`;
    case 'play':
      return `not connected: ${why}`;
    case 'refuse':
      return call.reason === 'unanswered'
        ? `not connected: ${whyUnreached('the first party', lastLeg(legs, 'A'), null)}`
        : `refused: ${why}`;
    case 'redirect':
      return `refused: ${why}`;
  }
}

function connectOutcome(call: DecidedCall, legs: readonly Leg[]): string {
  const other = lastLeg(legs, 'B');
  const isOver = call.endedAt !== null || call.dialStatus !== null || other?.isEnded === true;
  if (other && wasConnected(other)) {
    if (!isOver) return 'in progress: the other party has answered';
    return other.duration === null ? 'connected' : `connected, talked ${other.duration} s`;
  }
  if (!isOver) return 'in progress: the other party is being called';
  if (call.dialStatus === 'completed') return 'connected';
  return `not connected: ${whyUnconnected(legs, other, call.dialStatus)}`;
}

function whyUnconnected(legs: readonly Leg[], other: Leg | undefined, dialStatus: string | null): string {
  if (other?.hangupCauseCode === NOT_CONFIRMED) return UNCONFIRMED;
  const fault = other === undefined && dialStatus === null ? faultOfOurs(legs) : null;
  return fault ?? whyUnreached('the other party', other, dialStatus);
}

/** Plivo could not go on with what it got from us: its codes of URLs and documents. */
function faultOfOurs(legs: readonly Leg[]): string | null {
  const code = lastLeg(legs, 'A')?.hangupCauseCode ?? 0;
  return code >= 7000 && code < 9000 ? hangupCauseInWords(code) : null;
}

const UNREACHED: Record<LegStatus, (who: string) => string> = {
  completed: (who) => `${who} answered, but was not connected`,
  busy: (who) => `${who} was busy`,
  'no-answer': (who) => `${who} did not answer`,
  timeout: (who) => `${who} did not answer in time`,
  cancel: (who) => `the call was given up before ${who} answered`,
  failed: (who) => `${who} could not be reached`,
};
/** Picked up, and never connected: Plivo waited for a key, although we ask for none. */
const NOT_CONFIRMED = 9110;
const UNCONFIRMED =
  'the other party answered and heard its file, but Plivo waited for a key and did not connect it; CALLEE_SOUND=off leaves such files out';
const REJECTED_CODES = new Set([3020, 3110]);

function whyUnreached(who: string, leg: Leg | undefined, dialStatus: string | null): string {
  // A caller that hangs up at once leaves neither a leg nor a dial status.
  if (!leg && dialStatus === null) return UNREACHED.cancel(who);
  if (leg && REJECTED_CODES.has(leg.hangupCauseCode ?? 0)) return `${who} declined the call`;
  const status = statusOf({ ...(leg ?? NOTHING_KNOWN), callStatus: leg?.callStatus ?? dialStatus });
  const cause = status === 'failed' && leg?.hangupCauseCode ? ` (${hangupCauseInWords(leg.hangupCauseCode)})` : '';
  return UNREACHED[status](who) + cause;
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
