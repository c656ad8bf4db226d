import { DomainError } from '../platform/errors.js';

/** A nonce that was used for something else: somebody repeats a signature. */
export class NonceReused extends DomainError {
  readonly code = 'webhook_refused';
  readonly kind = 'forbidden';
  constructor() {
    super('the webhook was refused');
  }
}

/** A signed webhook without a field that it cannot do without. */
export class UnreadableWebhook extends DomainError {
  readonly code = 'unreadable_webhook';
  readonly kind = 'invalid';
  constructor(kind: string) {
    super(`expected the parameters of Plivo's ${kind} webhook`);
  }
}
