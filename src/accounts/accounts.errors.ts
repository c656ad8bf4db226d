import { refusal } from '../platform/errors.js';

/** No credentials, or none that open anything; the two sentences are those of the masking API. */
export class Unauthenticated extends refusal('unauthenticated', 'unauthenticated') {
  static missing(): Unauthenticated {
    return new Unauthenticated('authentication credentials were not provided');
  }

  static wrong(): Unauthenticated {
    return new Unauthenticated('invalid authentication credentials');
  }
}

/** Above RATE_LIMIT. */
export class TooManyRequests extends refusal('rate_limited', 'too-many') {
  constructor({ requests, seconds }: { requests: number; seconds: number }, retryAfterSeconds: number) {
    super(`too many requests: expected at most ${requests} in ${seconds} s, try again in ${retryAfterSeconds} s`, {
      retryAfterSeconds,
    });
  }
}

export class AccountExists extends refusal(
  'account_exists',
  'conflict',
  'expected the auth_id of no account, found one',
  { param: 'auth_id' },
) {}

export class AccountKept extends refusal('account_kept', 'conflict') {
  constructor(kept: readonly string[]) {
    super(
      `expected an account of which nothing is kept, found ${kept.join(', ')}: remove them, or wait for their retention`,
    );
  }
}

export class AccountInUse extends refusal(
  'account_in_use',
  'conflict',
  'expected a disabled account, found an active one: disable it first',
) {}

export class AccountOfSettings extends refusal(
  'account_of_settings',
  'conflict',
  'this account is the one of the settings and would come back at the next start',
) {}

export class TooManyTokens extends refusal(
  'too_many_tokens',
  'conflict',
  'expected at most one live token, found two: delete one first',
) {}

export class LastToken extends refusal(
  'last_token',
  'conflict',
  'expected a second live token, found none: issue one first',
) {}

/** A change here would last until the next start, which takes the token of the settings. */
export class TokenOfSettings extends refusal(
  'token_of_settings',
  'conflict',
  'this account is the one of the settings: change PLIVO_AUTH_TOKEN and restart',
) {}
