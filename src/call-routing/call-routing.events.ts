import type { SessionRecord } from '../sessions/index.js';
import type { E164 } from '../telephony/phone.js';
import type { Outcome } from './decision-words.js';

/** When a call was answered with an order to connect it, made of the session as told here; its row is held. */
export class CallStarted {
  static readonly eventName = 'call.started';
  constructor(
    readonly session: SessionRecord,
    readonly callId: string,
    readonly callerRole: 'first' | 'second',
  ) {}
}

/** When a call was answered with anything but an order to connect it: refused, asked for its PIN, played to or handed on. */
export class CallUnconnected {
  static readonly eventName = 'call.unconnected';
  constructor(
    readonly accountId: string,
    readonly callId: string,
  ) {}
}

/** When the called party was first known to have answered. */
export class PartyAnswered {
  static readonly eventName = 'party.answered';
  constructor(
    readonly accountId: string,
    readonly sessionId: string,
    readonly callId: string,
    readonly role: 'first' | 'second',
  ) {}
}

/** When a party's leg was first known to have ended. */
export class PartyHungUp {
  static readonly eventName = 'party.hung-up';
  constructor(
    readonly accountId: string,
    readonly sessionId: string,
    readonly callId: string,
    readonly role: 'first' | 'second',
    readonly legUuid: string,
  ) {}
}

/** When it is first known what became of a call: once a call, refused ones too. What is learnt later may say otherwise, and is not told. */
export class CallTurnedOut {
  static readonly eventName = 'call.turned-out';
  constructor(
    readonly accountId: string,
    /** Digits of the number that was called, or that we called from; null where it is no number. */
    readonly virtualNumber: string | null,
    readonly outcome: Outcome,
    /** Why it was decided so; a word of decision-words.ts. */
    readonly reason: string,
    /** Of the leg that decided: the other party's, else the caller's; null where Plivo named none. */
    readonly hangupCauseCode: number | null,
    /** From the caller's call to the other party's answer, and from there to the end; null of calls that were not connected. */
    readonly seconds: { setUp: number | null; talk: number | null },
  ) {}
}

/** When a conversation was first known to be over: its A leg has ended. */
export class CallEnded {
  static readonly eventName = 'call.ended';
  constructor(
    readonly accountId: string,
    readonly sessionId: string,
    readonly callId: string,
  ) {}
}

/** Whenever more is known of a call that is told as a conversation, in the transaction that notes it. Who listens looks at the facts, not at what is new. */
export class ConversationNoted {
  static readonly eventName = 'conversation.noted';
  constructor(
    readonly accountId: string,
    readonly sessionId: string,
    readonly callId: string,
  ) {}
}

/** When the outcome of a call's PIN question is known: once a call. */
export class PinChecked {
  static readonly eventName = 'pin.checked';
  constructor(
    readonly accountId: string,
    readonly sessionId: string,
    readonly callId: string,
    readonly outcome: 'success' | 'failed',
    /** Attempts that failed. */
    readonly failures: number,
    /** The number the caller shows; null when it is withheld. */
    readonly caller: E164 | null,
    /** Whose PIN it was; null when it was nobody's. */
    readonly role: 'first' | 'second' | null,
    /** Whom the caller is connected with; null when nobody is dialled. */
    readonly dialled: E164 | null,
  ) {}
}

/**
 * What Plivo's records are worth. `open`: it was not asked, or may know more later. `settled`: it was asked and knows of no further leg. `given-up`: it was
 * asked for as long as it makes sense; whatever is not known by now never will be.
 */
export type RecordState = 'open' | 'settled' | 'given-up';

/**
 * When what a call lasted or cost may have changed: its A leg has ended, or something became known after that. Published in the fact's own
 * transaction, with the session's row held where the call has one. Calls that came to no session are told of too: Plivo bills them.
 */
export class CallFigured {
  static readonly eventName = 'call.figured';
  constructor(
    readonly accountId: string,
    readonly aLegUuid: string,
    /** Digits, where the fact names it. */
    readonly virtualNumber: string | null,
    /** Settled figures are final once each leg has its price, given-up ones as they are. */
    readonly records: RecordState,
  ) {}
}

/** When so many wrong PINs came in on a virtual number that it fell back to one guess a minute. */
export class NumberAttacked {
  static readonly eventName = 'number.attacked';
  constructor(
    readonly accountId: string,
    /** Digits. */
    readonly virtualNumber: string,
    /** Whose prompt the last guess was made at. */
    readonly sessionId: string,
  ) {}
}
