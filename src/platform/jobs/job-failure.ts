import { strikeNumbers } from '../logging/mask-text.js';
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

const WORD = /[\w+/=-]{24,}/g;
/** What drivers and Node call errors by, however long. */
const CODE = /^(?:ER|SQLITE|PROTOCOL|UND_ERR|ERR)_[A-Z_]+$/;
/** Databases quote values of rows, and say of what kind they are outside the quotes. */
const QUOTED = /'[^']*'|"[^"]*"|`[^`]*`/g;
const PIN = /\bpins?\b\P{Nd}{0,12}\p{Nd}+/giu;
const FOREIGN_DIGIT = /(?![0-9])\p{Nd}/gu;

/**
 * Stored and shown to operators: the cause keeps its digits, such as a status or the number of an error, and its code. Whatever could be a phone number, a PIN,
 * a URL, a secret or a value of a row is struck out.
 */
export function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return `thrown: ${typeof error}`;
  const said = error.message
    .slice(0, 4 * MAX_TEXT)
    .replace(/\b[a-z][a-z0-9+.-]*:\/\/\S+/gi, '<url>')
    .replace(WORD, (word) => (CODE.test(word) ? word : '<opaque>'))
    .replace(QUOTED, withoutDigits)
    .replace(PIN, withoutDigits)
    .replace(FOREIGN_DIGIT, '#');
  return `${error.name}${codeOf(error, said)}: ${strikeNumbers(said)}`.slice(0, MAX_TEXT);
}

function withoutDigits(text: string): string {
  return text.replace(/\p{Nd}/gu, '#');
}

/** What the message does not say itself. */
function codeOf(error: Error & { code?: unknown; errno?: unknown }, said: string): string {
  const { code, errno } = error;
  if (typeof code !== 'string' || !/^[A-Z][A-Z0-9_]{1,60}$/.test(code) || said.includes(code)) return '';
  return typeof errno === 'number' && errno > 0 ? ` (${code}, ${errno})` : ` (${code})`;
}
