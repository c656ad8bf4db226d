export type RefusalKind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'unprocessable'
  | 'too-large'
  | 'wrong-type'
  | 'too-many'
  | 'unavailable';

/** What a client may know beside the sentence: stable, no personal data. */
export interface RefusalDetails {
  /** Name of the offending parameter. */
  param?: string;
  /** Further members of the error body. */
  extra?: Record<string, string | number | null | readonly object[]>;
  retryAfterSeconds?: number;
}

/** A refusal the caller can act on. `code` is stable; `message` says what was expected and what came, without personal data. */
export abstract class DomainError extends Error {
  abstract readonly code: string;
  abstract readonly kind: RefusalKind;

  constructor(
    message: string,
    readonly details: RefusalDetails = {},
  ) {
    super(message);
    this.name = new.target.name;
  }
}

/** A class of refusals, asked before there is one. */
export interface RefusalClass {
  readonly code: string;
  readonly kind: RefusalKind;
  readonly sentence: string;
}

/** What a refusal's class is made of: `class SessionAlreadyExpired extends refusal('session_expired', 'invalid', 'Session already expired') {}`. */
export function refusal(code: string, kind: RefusalKind, sentence = '', ofAll: RefusalDetails = {}) {
  return class extends DomainError {
    static readonly code: string = code;
    static readonly kind: RefusalKind = kind;
    static readonly sentence: string = sentence;
    readonly code: string = code;
    readonly kind = kind;

    constructor(message = sentence, details = ofAll) {
      super(message, details);
    }
  };
}

export class NotFound extends refusal('not_found', 'not-found', 'not found') {}
export class InvalidRequest extends refusal('invalid_request', 'invalid') {}
/** A parameter outside its documented values; the sentence is the documented one where the documents have one. */
export class InvalidParameter extends refusal('invalid_parameter', 'invalid') {
  constructor(message: string, param: string) {
    super(message, { param });
  }
}
export class Conflict extends refusal('conflict', 'conflict') {}
export class Unavailable extends refusal('unavailable', 'unavailable') {}
