import { plainText } from './plain-text.js';
import type { ParamList } from './signature.js';

/** What a webhook says, each name once. */
export type WebhookParams = ReadonlyMap<string, string>;

/** Every name that a reader of this folder reads; its spec watches them read. */
const READ: ReadonlySet<string> = new Set(
  `
  CallUUID From To Direction CallStatus Event RequestUUID STIRVerification ForwardedFrom SessionStart
  StartTime AnswerTime EndTime HangupCause HangupCauseCode HangupCauseName HangupSource Duration
  BillDuration TotalCost Digits DialAction DialALegUUID DialBLegUUID DialBLegFrom DialBLegTo
  DialBLegPosition DialDigitsMatch DialDigitsPressedBy DialStatus DialRingStatus DialHangupCause
  DialBLegHangupCause DialBLegHangupCauseCode DialBLegHangupCauseName DialBLegHangupSource DialBLegDuration
  DialBLegBillDuration DialBLegTotalCost RecordUrl RecordingID RecordingDuration RecordingDurationMs
  RecordingStartMs RecordingEndMs MessageUUID Text Body Type Units TotalAmount MessageIntent MediaCount
  Status Sequence ErrorCode
`
    .trim()
    .split(/\s+/),
);

/**
 * Null when a name that we read is repeated: Plivo never does that, and two readers could disagree on which counts. Others may be repeated: SIP headers
 * of the caller's (`X-PH-...`) are among them, and would otherwise be a way to make a call fail.
 */
export function webhookParams(list: ParamList): WebhookParams | null {
  const params = new Map(list);
  if (params.size === list.length) return params;
  const seen = new Set<string>();
  for (const [name] of list) {
    if (seen.has(name) && READ.has(name)) return null;
    seen.add(name);
  }
  return params;
}

const UUID = /^[A-Za-z0-9-]{8,64}$/;
/** Printable, on one line. */
const NUMBER = /^[^\p{Cc}\p{Cs}]{0,256}$/u;
/** Of texts; columns hold less. */
export const LONGEST_TEXT = 256;
const INTEGER = /^[0-9]{1,9}$/;
/** Two days: no call may take half of it. */
export const LONGEST_SECONDS = 172_800;

/** Whether it can be a CallUUID. Text only: as a pattern sees it, `undefined` is a word of nine letters. */
export function isCallUuid(value: unknown): value is string {
  return typeof value === 'string' && UUID.test(value);
}

/**
 * Reads one webhook field by field. Strict only in what it is about and what decides who is connected: an essential field that is missing or wrong
 * makes the whole webhook unreadable, and a number is read as it came or not at all. Everything else that makes no sense is unknown, a text is kept as
 * plain text, and fields that nobody reads do not matter.
 */
export class FieldReader {
  private isReadable = true;

  constructor(private readonly params: WebhookParams) {}

  uuid(name: string): string {
    return this.uuidOrNull(name) ?? this.unreadable('');
  }

  uuidOrNull(name: string): string | null {
    const text = this.params.get(name)?.trim();
    return isCallUuid(text) ? text : null;
  }

  /** Whose call it is: never mended, because a mended one could be somebody else's. Empty for what cannot be a number. */
  number(name: string): string {
    const text = this.params.get(name)?.trim() ?? '';
    return NUMBER.test(text) ? text : '';
  }

  text(name: string): string {
    return this.textOrNull(name) ?? this.unreadable('');
  }

  textOrNull(name: string): string | null {
    return plainText(this.params.get(name) ?? '', LONGEST_TEXT) || null;
  }

  /** What was typed; null for what no telephone has keys for, which is not the same as nothing. */
  digitsOrNull(name: string): string | null {
    const text = this.params.get(name)?.trim() ?? '';
    return /^[0-9*#]{0,99}$/.test(text) ? text : null;
  }

  /** One of a closed list, in any case; Plivo's pages and its wire disagree on capitals. */
  word<T extends string>(name: string, words: readonly [T, ...T[]]): T {
    return this.wordOrNull(name, words) ?? this.unreadable(words[0]);
  }

  wordOrNull<T extends string>(name: string, words: readonly T[]): T | null {
    const text = this.textOrNull(name)?.toLowerCase();
    return words.find((word) => word === text) ?? null;
  }

  /** Figures are never essential: one that makes no sense is unknown, and the call record will tell. */
  integerOrNull(name: string): number | null {
    const text = this.params.get(name) ?? '';
    return INTEGER.test(text) ? Number(text) : null;
  }

  secondsOrNull(name: string): number | null {
    const seconds = this.integerOrNull(name);
    return seconds === null || seconds > LONGEST_SECONDS ? null : seconds;
  }

  booleanOrNull(name: string): boolean | null {
    const text = this.params.get(name)?.toLowerCase();
    return text === 'true' || text === 'false' ? text === 'true' : null;
  }

  /** What was read, or null when some field made it unreadable. */
  finish<T>(read: T): T | null {
    return this.isReadable ? read : null;
  }

  private unreadable<T>(substitute: T): T {
    this.isReadable = false;
    return substitute;
  }
}
