import { cleanFilm } from './clean-film.js';
import { cleanGif } from './clean-gif.js';
import { cleanJpeg } from './clean-jpeg.js';
import { cleanPng } from './clean-png.js';

/** What is passed on: pictures and films, of which it is known how to take out what tells of their maker. A contact card is a phone number, a document may be anything. */
export const MEDIA_TYPES = {
  jpg: 'image/jpeg',
  png: 'image/png',
  gif: 'image/gif',
  mp4: 'video/mp4',
  '3gp': 'video/3gpp',
} as const;

export type MediaFormat = keyof typeof MEDIA_TYPES;

export interface CleanMedia {
  format: MediaFormat;
  bytes: Buffer;
}

export function isMediaFormat(word: string): word is MediaFormat {
  return Object.hasOwn(MEDIA_TYPES, word);
}

/** By what it is, whatever it is called. Null for what is not passed on. */
export function cleanMedia(bytes: Buffer): CleanMedia | null {
  const pictures = { jpg: cleanJpeg, png: cleanPng, gif: cleanGif };
  for (const [format, clean] of Object.entries(pictures)) {
    const cleaned = clean(bytes);
    if (cleaned !== null) return { format: format as MediaFormat, bytes: cleaned };
  }
  const film = cleanFilm(bytes);
  if (film === null) return null;
  return { format: film.subarray(8, 11).toString('latin1') === '3gp' ? '3gp' : 'mp4', bytes: film };
}
