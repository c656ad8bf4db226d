import { DomainError } from '../platform/errors.js';
import type { UrlRefusal } from '../platform/outgoing/outgoing.js';

/** A parameter outside its documented values; the sentence is the documented one where the documents have one. */
export class InvalidParameter extends DomainError {
  readonly code = 'invalid_parameter';
  readonly kind = 'invalid';
  constructor(message: string, param: string) {
    super(message, { param });
  }
}

/** A callback URL that would never be called: the code names the rule, the sentence is the documented one of any bad URL. */
export class UrlNotAllowed extends DomainError {
  readonly kind = 'invalid';
  readonly code: string;
  constructor(refusal: UrlRefusal, param: string) {
    super(`Invalid parameter. ${param} should be a valid URL`, { param });
    this.code = `url_${refusal.replaceAll('-', '_')}`;
  }
}

export class MissingParameter extends DomainError {
  readonly code = 'missing_parameter';
  readonly kind = 'invalid';
  constructor(param: string) {
    super(`Mandatory parameter missing. ${param} must be present`, { param });
  }
}

/** A party in a country or of a kind that the operator does not let us dial. */
export class DestinationNotAllowed extends DomainError {
  readonly code = 'destination_not_allowed';
  readonly kind = 'invalid';
  constructor(param: 'first_party' | 'second_party') {
    super(`Invalid parameter. ${param} is not an allowed destination`, { param });
  }
}

export class SessionAlreadyExpired extends DomainError {
  readonly code = 'session_expired';
  readonly kind = 'invalid';
  constructor() {
    super('Session already expired');
  }
}
