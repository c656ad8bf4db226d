import { refusal } from '../errors.js';

const KEY = { param: 'Idempotency-Key' };

export class InvalidJson extends refusal('invalid_json', 'invalid', 'Invalid JSON') {}

export class BodyTooLarge extends refusal('body_too_large', 'too-large') {
  constructor(limitBytes: number) {
    super(`request body too large: expected at most ${limitBytes} bytes`);
  }
}

export class UnsupportedMediaType extends refusal('unsupported_media_type', 'wrong-type') {
  constructor(wanted: string) {
    super(`unsupported media type: send ${wanted}`);
  }
}

export class InvalidIdempotencyKey extends refusal(
  'invalid_idempotency_key',
  'invalid',
  'Invalid header. Idempotency-Key should be 1 to 255 printable ASCII characters',
  KEY,
) {}

export class IdempotencyKeyReused extends refusal(
  'idempotency_key_reused',
  'unprocessable',
  'this Idempotency-Key was used with another request',
  KEY,
) {}

export class StillRunning extends refusal(
  'still_running',
  'conflict',
  'the first request with this Idempotency-Key is still running',
  { ...KEY, retryAfterSeconds: 1 },
) {}

/** The service is going down; the next process or another one answers. */
export class Closing extends refusal('closing', 'unavailable', 'shutting down, try again', { retryAfterSeconds: 1 }) {}

export class OtherRole extends refusal(
  'other_role',
  'not-found',
  'this process has ROLE=worker and serves /livez, /readyz and /metrics only: ask one with ROLE=api or ROLE=all',
) {}
