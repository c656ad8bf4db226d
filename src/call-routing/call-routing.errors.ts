import { refusal } from '../platform/errors.js';

/** A nonce that was used for something else: somebody repeats a signature. */
export class NonceReused extends refusal('webhook_refused', 'forbidden', 'the webhook was refused') {}

/** A signed webhook without a field that it cannot do without. */
export class UnreadableWebhook extends refusal('unreadable_webhook', 'invalid') {
  constructor(kind: string) {
    super(`expected the parameters of Plivo's ${kind} webhook`);
  }
}
