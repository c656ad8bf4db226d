import type { Setting } from './setting.js';

/** How much is taken at once, of all and of one account. */
export const LIMITS = {
  MAX_CONNECTIONS: {
    kind: 'integer',
    min: 10,
    max: 100_000,
    default: '2000',
    sentence: 'Sockets of the listener; further ones are closed at once.',
  },
  RATE_LIMIT: {
    kind: 'rate',
    default: '300/5s',
    sentence:
      'Requests of one account on /v1 that a process takes within any such time; above it 429 with Retry-After; off: any number.',
  },
} as const satisfies Record<string, Setting>;
