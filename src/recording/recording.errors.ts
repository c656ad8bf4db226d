import { refusal } from '../platform/errors.js';

/** Says the same of every recording, there or not. */
export class LinkRefused extends refusal(
  'link_refused',
  'forbidden',
  'the link has expired or is not one of ours; read the recording again for a new one',
) {}

/** The row is there, its file cannot be read: another host's folder, or a store that is down. */
export class StoreUnreadable extends refusal(
  'recording_store_unavailable',
  'unavailable',
  'the recording cannot be read at the moment, try again',
) {
  constructor() {
    super(undefined, { retryAfterSeconds: 30 });
  }
}
