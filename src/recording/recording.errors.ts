import { DomainError } from '../platform/errors.js';

/** Says the same of every recording, there or not. */
export class LinkRefused extends DomainError {
  readonly code = 'link_refused';
  readonly kind = 'forbidden';
  constructor() {
    super('the link has expired or is not one of ours; read the recording again for a new one');
  }
}

/** The row is there, its file cannot be read: another host's folder, or a store that is down. */
export class StoreUnreadable extends DomainError {
  readonly code = 'recording_store_unavailable';
  readonly kind = 'unavailable';
  constructor() {
    super('the recording cannot be read at the moment, try again', { retryAfterSeconds: 30 });
  }
}
