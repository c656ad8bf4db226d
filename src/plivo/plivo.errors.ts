import { refusal } from '../platform/errors.js';

/** Plivo understood the request and said no; asking again changes nothing. */
export class ProviderRefused extends refusal('provider_refused', 'unprocessable') {
  constructor(
    readonly status: number,
    readonly text: string,
  ) {
    super(`Plivo refused with status ${status}${text === '' ? '' : `: ${text}`}`);
  }
}

/** The account's limit of requests is used up; nothing was done. */
export class ProviderBusy extends refusal('provider_busy', 'unavailable') {
  constructor(readonly retryAfterSeconds: number) {
    super('Plivo asks to slow down', { retryAfterSeconds });
  }
}

/** Plivo could not be reached or could not answer; nothing was done that a repetition would do twice. */
export class ProviderUnavailable extends refusal('provider_unavailable', 'unavailable') {}

/** What was asked for is more than is read at once; a narrower question may be answered. */
export class ListingTooLong extends ProviderUnavailable {}

/** The request may have taken effect: look before repeating it, or one call becomes two. */
export class ProviderOutcomeUnknown extends refusal('provider_outcome_unknown', 'unavailable') {}

/** Not signed by Plivo for this account and address; nothing more is said. */
export class WebhookRefused extends refusal('webhook_refused', 'forbidden', 'the webhook was refused') {}
