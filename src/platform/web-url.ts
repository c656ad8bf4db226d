import { parseUrl } from './parse-url.js';

/** Of a URL that somebody gives us to hand on to Plivo or to call. */
export const LONGEST_WEB_URL = 1000;

/** A double quote or a control character could leave the XML attribute that the URL is written into. */
const FORBIDDEN = /[\s"<>\\^`{|}\p{Cc}]/u;

export function isFitForXml(text: string): boolean {
  return !FORBIDDEN.test(text);
}

/** Counted as it will be sent: in normal form, percent-encoded. */
export function isTooLong(text: string): boolean {
  return text.length > LONGEST_WEB_URL || (parseUrl(text)?.href.length ?? 0) > LONGEST_WEB_URL;
}
