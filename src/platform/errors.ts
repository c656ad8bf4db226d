export type RefusalKind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'unprocessable'
  | 'too-large'
  | 'unavailable';

/** What a client may know beside the sentence: stable, no personal data. */
export interface RefusalDetails {
  /** Name of the offending parameter. */
  param?: string;
  /** Further members of the error body. */
  extra?: Record<string, string | number | null>;
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

export class NotFound extends DomainError {
  readonly code = 'not_found';
  readonly kind = 'not-found';
  constructor(message = 'not found') {
    super(message);
  }
}

export class InvalidRequest extends DomainError {
  readonly code = 'invalid_request';
  readonly kind = 'invalid';
}

export class Conflict extends DomainError {
  readonly code = 'conflict';
  readonly kind = 'conflict';
}

export class Unavailable extends DomainError {
  readonly code = 'unavailable';
  readonly kind = 'unavailable';
}
