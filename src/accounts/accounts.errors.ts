import { DomainError } from '../platform/errors.js';

/** No credentials, or none that open anything; the two sentences are those of the masking API. */
export class Unauthenticated extends DomainError {
  readonly code = 'unauthenticated';
  readonly kind = 'unauthenticated';

  static missing(): Unauthenticated {
    return new Unauthenticated('authentication credentials were not provided');
  }

  static wrong(): Unauthenticated {
    return new Unauthenticated('invalid authentication credentials');
  }
}

export class AccountExists extends DomainError {
  readonly code = 'account_exists';
  readonly kind = 'conflict';
  constructor() {
    super('expected the auth_id of no account, found one', { param: 'auth_id' });
  }
}

export class TooManyTokens extends DomainError {
  readonly code = 'too_many_tokens';
  readonly kind = 'conflict';
  constructor() {
    super('expected at most one live token, found two: delete one first');
  }
}

export class LastToken extends DomainError {
  readonly code = 'last_token';
  readonly kind = 'conflict';
  constructor() {
    super('expected a second live token, found none: issue one first');
  }
}
