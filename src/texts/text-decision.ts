import type { Route } from '../sessions/index.js';
import { isSamePerson } from '../telephony/identity.js';
import type { OptWord } from '../telephony/opt-words.js';
import type { E164 } from '../telephony/phone.js';
import type { Understood } from './understand-text.js';

/** Why a text reaches nobody: the words that are stored with it. */
export type TextRefusal =
  /** Its sender is no number, or what it was sent to is none. */
  | 'no-number'
  /** Its sender is a number of ours: two machines would answer each other. */
  | 'loop'
  | 'stranger'
  /** The session of this sender here has ended within a day. */
  | 'expired'
  | 'not-enabled'
  | 'no-other-party'
  /** It may have been written to somebody else who had this place before. */
  | 'late'
  /** Plivo's own record says otherwise, or has not been found. */
  | 'unverified'
  /** Plivo has it and could not tell us: nobody knows what was written. */
  | 'unheard'
  | 'too-many'
  | 'empty'
  | 'media-dropped'
  | 'too-long'
  | 'destination'
  /** Whom it was for has asked not to be written to from this number. */
  | 'recipient-opted-out'
  | 'spend-cap'
  /** There is a cap, and nobody has said what a text costs at the most. */
  | 'no-rate';

/** What is known of a text before anything is decided. */
export interface TextFacts {
  /** Null for short codes, names and what is withheld. */
  sender: E164 | null;
  /** Null where it is no number. */
  virtualNumber: E164 | null;
  isOwnNumber: boolean;
  /** What it says to us; null for what is for the other person alone. */
  understood: Understood | null;
  /** Whether its sender, and whom it is for, want no texts from this number. */
  isSenderOut: boolean;
  isRecipientOut: boolean;
  /** The live session that has this sender on this number. */
  party: Route | null;
  /** Without one: whether there was one within a day. */
  wasParty: boolean;
  /** Whether only its unsigned words have told of it so far. */
  isHint: boolean;
  /** False of one of which only Plivo's list has told: there are no words of it. */
  isHeard: boolean;
  /** Whether its sender may have written it to somebody else: `maybe` until Plivo's record tells its time. */
  isForOthers: 'no' | 'maybe' | 'yes';
  /** How many this party has had in a minute and a day, this one not counted. */
  recent: { minute: number; day: number };
  /** As it may be passed on; null where it is longer than any phone sends. */
  text: string | null;
  /** In as many messages as it takes; null where it would be too many. */
  pieces: readonly string[] | null;
  mediaCount: number;
  /** Addresses of those that may be passed on; empty where none may. */
  media: readonly string[];
  /** Whether the operator lets this number be reached. */
  isDialable: (number: E164) => boolean;
}

export type TextDecision =
  | { decision: 'forward'; seat: Route; to: E164; pieces: readonly string[]; media: readonly string[] }
  /** It was said to us: whoever said it, and wherever. */
  | { decision: 'word'; word: OptWord; seat: Route | null }
  /** Plivo's record is to be read first. */
  | { decision: 'wait'; seat: null }
  | { decision: 'refuse'; reason: TextRefusal; seat: Route | null };

/** The word that is stored with it. */
export function reasonOf(decision: TextDecision): TextRefusal | OptWord | null {
  if (decision.decision === 'refuse') return decision.reason;
  return decision.decision === 'word' ? decision.word : null;
}

/** So many people write to each other; more is a machine. */
export const MOST_A_MINUTE = 30;
export const MOST_A_DAY = 300;

/** What is to be done about a text. When in doubt nobody gets it; it never guesses whom it was for. */
export function decideText(facts: TextFacts): TextDecision {
  // Not even a refusal follows from what anybody may have written.
  if (facts.isHint) return { decision: 'wait', seat: null };
  const { sender, virtualNumber, party } = facts;
  // Of some Plivo's record blots out the last digits.
  if (sender === null || virtualNumber === null) return refused(facts.isHeard ? 'no-number' : 'unheard');
  if (facts.isOwnNumber) return refused('loop');
  const word = saidToUs(facts);
  if (word !== null) return { decision: 'word', word, seat: party };
  if (party === null) return refused(whyNobody(facts));

  return decideSeat(facts, party, sender);
}

/** Somebody who may be written to anyway and says START says it to the other person. */
function saidToUs({ understood, isSenderOut }: TextFacts): OptWord | null {
  if (understood === null || understood.isForOther) return null;
  return understood.word === 'start' && !isSenderOut ? null : understood.word;
}

function whyNobody({ wasParty, isHeard }: TextFacts): TextRefusal {
  if (!wasParty) return 'stranger';
  // Its session may have been on when it was written.
  return isHeard ? 'expired' : 'unheard';
}

function decideSeat(facts: TextFacts, party: Route, sender: E164): TextDecision {
  const { session, role } = party;
  if (session.settings.messaging !== true) return refused('not-enabled', party);
  const to = (role === 'first' ? session.parties.second : session.parties.first) as E164 | null;
  // Strangers' calls reach the one party of an open session; a text that was answered to whoever wrote last would sooner or later go to the wrong one.
  if (to === null || isSamePerson(to, sender)) return refused('no-other-party', party);
  if (facts.isForOthers === 'maybe') return { decision: 'wait', seat: null };
  if (facts.isForOthers === 'yes') return refused('late', party);
  return decideContent(facts, party, to);
}

function decideContent(facts: TextFacts, party: Route, to: E164): TextDecision {
  const { recent, pieces, mediaCount, media, isDialable } = facts;
  if (!facts.isHeard) return refused('unheard', party);
  if (recent.minute >= MOST_A_MINUTE || recent.day >= MOST_A_DAY) return refused('too-many', party);
  if (pieces === null) return refused('too-long', party);
  const isBlank = pieces.every((piece) => piece.trim() === '');
  if (isBlank && media.length === 0) return refused(mediaCount > 0 ? 'media-dropped' : 'empty', party);
  if (!isDialable(to)) return refused('destination', party);
  if (facts.isRecipientOut) return refused('recipient-opted-out', party);
  return { decision: 'forward', seat: party, to, pieces: isBlank ? [''] : pieces, media };
}

function refused(reason: TextRefusal, seat: Route | null = null): TextDecision {
  return { decision: 'refuse', reason, seat };
}
