import { parseUrl } from '../platform/parse-url.js';
import { mediaUrlOf } from './plivo-recordings.js';
import type { WebhookParams } from './webhook-params.js';

export const MOST_MEDIA = 10;

/** Where Plivo keeps media of a message: whose, which, of which message. */
export interface MediaPlace {
  authId: string;
  messageUuid: string;
  mediaId: string;
}

const PLACE = /\/Account\/([A-Za-z0-9]{1,64})\/Message\/([A-Za-z0-9-]{1,64})\/Media\/([A-Za-z0-9-]{1,64})\/?$/;

/** Null for an address that is not of the one form that Plivo documents. */
export function mediaPlaceOf(url: string): MediaPlace | null {
  const [, authId, messageUuid, mediaId] = PLACE.exec(parseUrl(url)?.pathname ?? '') ?? [];
  return authId === undefined || messageUuid === undefined || mediaId === undefined
    ? null
    : { authId, messageUuid, mediaId };
}

/** Addresses of the media of a message, in their order. Plivo's pages disagree on where the numbering begins. */
export function mediaNamed(params: WebhookParams): string[] {
  const named = [...params].flatMap(([name, value]) => {
    const [, place] = /^Media(\d{1,3})$/.exec(name) ?? [];
    return place === undefined ? [] : [{ place: Number(place), url: value }];
  });
  return named.sort((one, other) => one.place - other.place).map(({ url }) => url);
}

/** Those that are addresses at all. */
export function mediaAddresses(params: WebhookParams): string[] {
  return mediaNamed(params)
    .flatMap((url) => mediaUrlOf(url) ?? [])
    .slice(0, MOST_MEDIA);
}
