import { readAnswerWebhook, type AnswerWebhook, type VerifiedWebhook } from '../../plivo/index.js';
import { UnreadableWebhook } from '../call-routing.errors.js';

/** What Plivo asks when a call wants an answer. Refuses a webhook that does not say which call. */
export function readAsked(webhook: VerifiedWebhook): AnswerWebhook {
  const asked = readAnswerWebhook(webhook.params);
  if (asked === null) throw new UnreadableWebhook('answer');
  return asked;
}
