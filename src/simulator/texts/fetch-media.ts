import { request } from 'undici';
import type { HeldPicture } from './text.js';

/** Of one picture, and of a whole message. */
const MOST_BYTES = 2_000_000;
const MOST_BYTES_OF_ALL = 5_000_000;
const WITHIN_MS = 10_000;

/** What came of fetching what a message is to be sent with: it, or Plivo's code for why it fails. */
export type FetchedMedia = { media: HeldPicture[]; errorCode: null } | { media: null; errorCode: string };

const TOO_BIG = '120';
const UNREADABLE = '1000';

/** As Plivo fetches: without credentials, each once, whole, with a type and a length that are true. */
export async function fetchMedia(urls: readonly string[]): Promise<FetchedMedia> {
  const media: HeldPicture[] = [];
  let sum = 0;
  for (const url of urls) {
    const picture = await fetched(url).catch(() => null);
    if (picture === null) return { media: null, errorCode: UNREADABLE };
    sum += picture.bytes.length;
    if (picture.bytes.length > MOST_BYTES || sum > MOST_BYTES_OF_ALL) return { media: null, errorCode: TOO_BIG };
    media.push(picture);
  }
  return { media, errorCode: null };
}

async function fetched(url: string): Promise<HeldPicture | null> {
  const { statusCode, headers, body } = await request(url, { signal: AbortSignal.timeout(WITHIN_MS) });
  const bytes = Buffer.from(await body.arrayBuffer());
  const { 'content-type': type, 'content-length': length } = headers;
  const isWhole = statusCode === 200 && typeof type === 'string' && Number(length) === bytes.length;
  return isWhole ? { type, bytes } : null;
}
