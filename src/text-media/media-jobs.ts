/** Copies a picture of a text into the store. */
export const FETCH_MEDIA = 'text-media.fetch';
/** Removes it here and at Plivo. */
export const DELETE_MEDIA = 'text-media.delete';

export function fetchMediaKey(mediaId: string): string {
  return `${FETCH_MEDIA}:${mediaId}`;
}

export function deleteMediaKey(mediaId: string): string {
  return `${DELETE_MEDIA}:${mediaId}`;
}
