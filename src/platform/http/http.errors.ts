import { DomainError } from '../errors.js';

export class InvalidJson extends DomainError {
  readonly code = 'invalid_json';
  readonly kind = 'invalid';
  constructor() {
    super('Invalid JSON');
  }
}

export class BodyTooLarge extends DomainError {
  readonly code = 'body_too_large';
  readonly kind = 'too-large';
  constructor(limitBytes: number) {
    super(`request body too large: expected at most ${limitBytes} bytes`);
  }
}

export class InvalidIdempotencyKey extends DomainError {
  readonly code = 'invalid_idempotency_key';
  readonly kind = 'invalid';
  constructor() {
    super('Invalid header. Idempotency-Key should be 1 to 255 printable ASCII characters', {
      param: 'Idempotency-Key',
    });
  }
}

export class IdempotencyKeyReused extends DomainError {
  readonly code = 'idempotency_key_reused';
  readonly kind = 'unprocessable';
  constructor() {
    super('this Idempotency-Key was used with another request', { param: 'Idempotency-Key' });
  }
}

export class StillRunning extends DomainError {
  readonly code = 'still_running';
  readonly kind = 'conflict';
  constructor() {
    super('the first request with this Idempotency-Key is still running', {
      param: 'Idempotency-Key',
      retryAfterSeconds: 1,
    });
  }
}

/** The service is going down; the next process or another one answers. */
export class Closing extends DomainError {
  readonly code = 'closing';
  readonly kind = 'unavailable';
  constructor() {
    super('shutting down, try again', { retryAfterSeconds: 1 });
  }
}
