import type { SessionRecord } from '../sessions/index.js';
import type { TextRefusal } from './text-decision.js';

/**
 * When what a text comes to may have changed: it came in, it was decided whom it is for, or more became known of what was sent on of it. Published in the fact's
 * own transaction. Texts that reach nobody are told of too: Plivo bills them.
 */
export class TextFigured {
  static readonly eventName = 'text.figured';
  constructor(
    readonly accountId: string,
    readonly textId: string,
  ) {}
}

/** When a party has asked not to be written to from the session's number, or to be again, or Plivo has refused a text to it for that. */
export class PartyOpted {
  static readonly eventName = 'text.opted';
  constructor(
    readonly session: SessionRecord,
    readonly role: 'first' | 'second',
    readonly kind: 'out' | 'in',
    /** When it was said, milliseconds since 1970. */
    readonly at: number,
  ) {}
}

/** A text of a party, as it was decided about. */
export interface DecidedText {
  session: SessionRecord;
  /** Of who wrote it. */
  role: 'first' | 'second';
  /** Plivo's id of it. */
  messageUuid: string;
  mediaCount: number;
}

/** When a party's text was taken to be passed on. */
export class TextTaken {
  static readonly eventName = 'text.taken';
  constructor(
    readonly text: DecidedText,
    /** In which it is to be sent. */
    readonly units: number,
    /** What will be sent. */
    readonly words: string,
  ) {}
}

/** When a party's text was refused, in a session with texts. */
export class TextRefused {
  static readonly eventName = 'text.refused';
  constructor(
    readonly text: DecidedText,
    readonly reason: TextRefusal,
  ) {}
}

/** When it was learnt what has become of a message that passes a party's text on; long texts go in several. */
export class ForwardTurned {
  static readonly eventName = 'text.forward-turned';
  constructor(
    readonly accountId: string,
    readonly sessionId: string,
    readonly outcome: 'sent' | 'delivered' | 'failed',
    readonly told: {
      /** Digits; empty where they were erased. */
      from: string;
      to: string;
      /** Plivo's ids of the text that was written, and of the message; the latter null while Plivo has not named it. */
      messageUuid: string;
      forwardUuid: string | null;
      units: number;
      amountMicros: number;
      /** Plivo's; null for none. */
      errorCode: number | null;
      /** A word for why it failed; empty else. */
      reason: string;
    },
  ) {}
}
