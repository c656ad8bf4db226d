import type { Route, SessionRecord, StrangerService } from '../../sessions/index.js';
import { isSamePerson } from '../../telephony/identity.js';
import type { E164 } from '../../telephony/phone.js';
import { UNROUTED, type DecisionReasons, type SeatedBy } from '../decision-words.js';

/** What is known of a caller before anybody is asked anything. */
export interface CallerFacts {
  /** Null for withheld numbers, SIP URIs, national forms and rubbish: strangers all. */
  caller: E164 | null;
  /** Of a caller of null: whether it shows nothing at all. */
  isWithheld: boolean;
  /** The live session that has this caller's number on this virtual number. */
  party: Route | null;
  strangers: StrangerService;
  /** Whether this caller has had too many wrong PINs. */
  isLocked: boolean;
  /** Whether the session that the caller was found in is in use; null where nobody was looked for. */
  busy?: SeenBusy | null;
}

/** What was seen of a session once its row was held. */
export interface SeenBusy {
  sessionId: string;
  isBusy: boolean;
}

export type Standing =
  | { kind: 'seated'; seat: Route; by: SeatedBy }
  /** `seat` is set for a registered caller that must show its own PIN. */
  | { kind: 'asked'; prompt: SessionRecord; seat: Route | null }
  | { kind: 'unknown'; play: string | null; reason: 'stranger' | 'withheld' | 'unreadable' | 'locked' };

/**
 * Who is calling. A registered number comes first; strangers belong to the number's open session, or are asked for a PIN, or hear a file.
 * Pure: the live call and every explanation of it come from here.
 */
export function standingOf({ caller, isWithheld, party, strangers, isLocked }: CallerFacts): Standing {
  if (party) {
    if (!isPinForced(party.session)) return { kind: 'seated', seat: party, by: 'party' };
    return isLocked
      ? { kind: 'unknown', play: null, reason: 'locked' }
      : { kind: 'asked', prompt: party.session, seat: party };
  }
  if (strangers.open) return { kind: 'seated', seat: strangers.open, by: 'open-session' };
  if (strangers.prompt && isLocked) return { kind: 'unknown', play: null, reason: 'locked' };
  if (strangers.prompt) return { kind: 'asked', prompt: strangers.prompt, seat: null };
  const whoIsUnknown = isWithheld ? 'withheld' : 'unreadable';
  return { kind: 'unknown', play: strangers.play, reason: caller === null ? whoIsUnknown : 'stranger' };
}

/** Whether registered callers must show their PIN too. */
export function isPinForced({ settings }: SessionRecord): boolean {
  return settings.is_pin_authentication_required && settings.force_pin_authentication;
}

/** What is known of a seat once its session's row is held. */
export interface SeatFacts {
  isLive: boolean;
  /** A conversation or a request of that session is on. */
  isBusy: boolean;
  /** The number of who called last, for a registered party whose other party is not known. */
  lastCaller: E164 | null;
  /** Who calls, where the number is shown. */
  caller: E164 | null;
  /** Whether the operator lets this number be dialled. */
  isDialable: (number: E164) => boolean;
}

export type CallDecision =
  | { decision: 'connect'; reason: DecisionReasons['connect']; seat: Route; dial: E164 }
  | { decision: 'ask-pin'; reason: DecisionReasons['ask-pin']; prompt: SessionRecord; seat: Route | null }
  | { decision: 'play'; reason: DecisionReasons['play']; url: string; seat: Route | null }
  | { decision: 'refuse'; reason: DecisionReasons['refuse']; seat: Route | null }
  /** Refused here, and handed on to whatever answers at that URL. */
  | { decision: 'redirect'; reason: DecisionReasons['redirect']; url: string; seat: Route | null };

/** What is to be done about a caller of this standing. When in doubt it refuses; it never guesses. */
export function decideCall(standing: Standing, facts: SeatFacts | null): CallDecision {
  if (standing.kind === 'asked') {
    return {
      decision: 'ask-pin',
      reason: standing.seat ? 'forced' : 'pin',
      prompt: standing.prompt,
      seat: standing.seat,
    };
  }
  if (standing.kind === 'unknown') {
    if (standing.play !== null) return { decision: 'play', reason: 'unknown-caller', url: standing.play, seat: null };
    return { decision: 'refuse', reason: standing.reason, seat: null };
  }
  const { seat, by } = standing;
  if (facts === null || !facts.isLive) return { decision: 'refuse', reason: 'expired', seat };
  return decideSeat(seat, by, facts);
}

/** The decision about a call that has just come in, where the account has a URL for callers whom no session claims. */
export function handOn(decision: CallDecision, unroutedUrl: string | null): CallDecision {
  if (decision.decision !== 'refuse' || unroutedUrl === null) return decision;
  const reason = UNROUTED.find((unrouted) => unrouted === decision.reason);
  return reason ? { decision: 'redirect', reason, url: unroutedUrl, seat: decision.seat } : decision;
}

function decideSeat(seat: Route, by: SeatedBy, facts: SeatFacts): CallDecision {
  const { parties, settings } = seat.session;
  const registered = (seat.role === 'first' ? parties.second : parties.first) as E164 | null;
  // Without another party the seat is the registered one, taken by its phone or its PIN: it may call the last caller back.
  const dial = registered ?? facts.lastCaller;
  // Nobody is connected to themselves, whatever PIN they know and however their phone is spelt.
  if (dial === null || (facts.caller !== null && isSamePerson(dial, facts.caller))) {
    if (settings.unknown_caller_play !== '')
      return { decision: 'play', reason: 'unknown-caller', url: settings.unknown_caller_play, seat };
    return { decision: 'refuse', reason: 'no-other-party', seat };
  }
  if (facts.isBusy) return { decision: 'refuse', reason: 'busy', seat };
  if (!facts.isDialable(dial)) return { decision: 'refuse', reason: 'destination', seat };
  return { decision: 'connect', reason: registered === null ? 'last-caller' : by, seat, dial };
}
