import type { Handler } from './job-handler.js';
import type { Outcome } from './settle-jobs.js';

/**
 * Thrown by a handler whose time has not come, or that leaves the rest to a later run: it counts as a run, but nothing has failed. It is not told
 * as a failure and takes nothing from its lane.
 */
export class Defer extends Error {
  override readonly name = 'Defer';
  constructor(
    readonly seconds: number,
    reason: string,
  ) {
    super(reason);
  }
}

/** Thrown by a handler that has failed and knows when it is worth trying again. */
export class RetryLater extends Error {
  override readonly name = 'RetryLater';
  constructor(
    readonly seconds: number,
    reason = 'asked for a later run',
  ) {
    super(reason);
  }
}

/** Thrown by a handler that knows that no further attempt can succeed. */
export class Park extends Error {
  override readonly name = 'Park';
}

const FIRST_DELAY_SECONDS = 5;
const MAX_DELAY_SECONDS = 6 * 3600;
const JITTER = 0.2;

/** 5 s, 20 s, 80 s, ... 6 h, each ±20 %, so that jobs which failed together do not come back together. */
export function defaultRetryDelaySeconds(attempt: number): number {
  const delay = Math.min(FIRST_DELAY_SECONDS * 4 ** (attempt - 1), MAX_DELAY_SECONDS);
  return delay * (1 - JITTER + 2 * JITTER * Math.random());
}

export function outcomeOfFailure(error: unknown, handler: Handler, attempt: number, now: number): Outcome {
  const text = describeFailure(error);
  if (error instanceof Park || attempt >= handler.maxAttempts) return { kind: 'park', error: text };
  const isTimed = error instanceof RetryLater || error instanceof Defer;
  const seconds = isTimed ? error.seconds : handler.retryDelaySeconds(attempt);
  const runAt = now + Math.max(0, Math.round(seconds * 1000));
  return error instanceof Defer ? { kind: 'defer', runAt, reason: text } : { kind: 'retry', runAt, error: text };
}

const MAX_TEXT = 500;

/** Stored and shown to operators, so whatever could be a phone number, a PIN, a URL or a secret is struck out: all digits, and long opaque words. */
export function describeFailure(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : `thrown: ${typeof error}`;
  return text
    .slice(0, 4 * MAX_TEXT)
    .replace(/\b[a-z][a-z0-9+.-]*:\/\/\S+/gi, '<url>')
    .replace(/[\w+/=-]{24,}/g, '<opaque>')
    .replace(/\p{Nd}/gu, '#')
    .slice(0, MAX_TEXT);
}
