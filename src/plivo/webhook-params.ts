import type { ParamList } from './signature.js';

/** What a webhook says, each name once. */
export type WebhookParams = ReadonlyMap<string, string>;

/** Null when a name is repeated: Plivo never repeats one of those we read, and two readers could disagree on which counts. */
export function webhookParams(list: ParamList): WebhookParams | null {
  const params = new Map(list);
  return params.size === list.length ? params : null;
}

const UUID = /^[A-Za-z0-9-]{8,64}$/;
/** Printable, on one line. */
const TEXT = /^[^\p{Cc}\p{Cs}]{0,256}$/u;
const INTEGER = /^[0-9]{1,9}$/;

/** Whether it can be a CallUUID. Text only: as a pattern sees it, `undefined` is a word of nine letters. */
export function isCallUuid(value: unknown): value is string {
  return typeof value === 'string' && UUID.test(value);
}

/**
 * Reads one webhook field by field. An absent or empty optional field is null and unknown fields do not matter; an essential field that
 * is missing, or an id, a word or a text that Plivo would not send, makes the whole webhook unreadable.
 */
export class FieldReader {
  private isReadable = true;

  constructor(private readonly params: WebhookParams) {}

  uuid(name: string): string {
    return this.uuidOrNull(name) ?? this.unreadable('');
  }

  uuidOrNull(name: string): string | null {
    const text = this.textOrNull(name);
    return text === null || isCallUuid(text) ? text : this.unreadable(null);
  }

  text(name: string): string {
    return this.textOrNull(name) ?? this.unreadable('');
  }

  textOrNull(name: string): string | null {
    const text = this.params.get(name)?.trim() ?? '';
    if (text === '') return null;
    return TEXT.test(text) ? text : this.unreadable(null);
  }

  /** One of a closed list, in any case; Plivo's pages and its wire disagree on capitals. */
  word<T extends string>(name: string, words: readonly [T, ...T[]]): T {
    return this.wordOrNull(name, words) ?? this.unreadable(words[0]);
  }

  wordOrNull<T extends string>(name: string, words: readonly T[]): T | null {
    const text = this.textOrNull(name)?.toLowerCase();
    if (text === undefined) return null;
    return words.find((word) => word === text) ?? this.unreadable(null);
  }

  /** Figures are never essential: one that makes no sense is unknown, and the call record will tell. */
  integerOrNull(name: string): number | null {
    const text = this.params.get(name) ?? '';
    return INTEGER.test(text) ? Number(text) : null;
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
