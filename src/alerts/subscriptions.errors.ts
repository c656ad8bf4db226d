import { refusal } from '../platform/errors.js';

export const MOST_SUBSCRIPTIONS = 100;

export class TooManySubscriptions extends refusal(
  'too_many_subscriptions',
  'conflict',
  `expected at most ${MOST_SUBSCRIPTIONS} subscriptions, found ${MOST_SUBSCRIPTIONS}: delete one first`,
) {}

/** The URL may not be called: `why` is a word of url-refusal.ts. */
export class UrlNotAllowed extends refusal('url_not_allowed', 'invalid') {
  constructor(why: string) {
    super(`url: expected an https URL of a public server, refused as ${why}`, { param: 'url' });
  }
}
