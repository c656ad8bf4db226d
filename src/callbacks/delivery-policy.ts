import type { Exchange } from '../platform/outgoing/outgoing.js';

/** Seconds after the first, second, ... failed attempt: ten attempts over 75 h 35 min. */
const DELAYS = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400] as const;
const JITTER = 0.2;
const LONGEST_RETRY_AFTER = 86_400;
const LONGEST_MS = 15_000;
const CONNECT_MS = 5_000;

/** How one URL wants to be delivered to: read from its fragment, which is never sent. */
export interface DeliveryPolicy {
  connectMs: number;
  readMs: number;
  totalMs: number;
  /** Attempts in all; null: our own schedule's ten. */
  maxTries: number | null;
  /** Failures that are repeated; null: all. */
  repeats: ReadonlySet<string> | null;
}

/**
 * `#ct=100..10000&rt=100..40000&tt=100..55000&rc=0..5&rp=4xx,5xx,ct,rt,all` (milliseconds; count; classes), as Plivo's voice URLs take it; `er` and
 * what cannot be read are ignored. Nothing lasts longer than 15 s.
 */
export function deliveryPolicy(url: string): DeliveryPolicy {
  const [, fragment = ''] = url.split('#', 2);
  const given = new URLSearchParams(fragment);
  const number = (name: string, least: number, most: number): number | null => {
    const text = given.get(name) ?? '';
    const value = /^[0-9]{1,6}$/.test(text) ? Number(text) : null;
    return value !== null && value >= least && value <= most ? value : null;
  };
  const totalMs = Math.min(number('tt', 100, 55_000) ?? LONGEST_MS, LONGEST_MS);
  const repeats = number('rc', 0, 5);
  return {
    connectMs: Math.min(number('ct', 100, 10_000) ?? CONNECT_MS, totalMs),
    readMs: Math.min(number('rt', 100, 40_000) ?? LONGEST_MS, totalMs),
    totalMs,
    maxTries: repeats === null ? null : repeats + 1,
    repeats: repeatedClasses(given.get('rp')),
  };
}

function repeatedClasses(text: string | null): ReadonlySet<string> | null {
  const classes = (text ?? '').split(',').filter((word) => ['4xx', '5xx', 'ct', 'rt', 'all'].includes(word));
  return classes.length === 0 || classes.includes('all') ? null : new Set(classes);
}

export type Verdict = { kind: 'delivered' } | { kind: 'park' } | { kind: 'retry'; seconds: number };

/** What follows from the attempt that was the `tries`-th since the callback was made or replayed. */
export function verdictOn(
  exchange: Exchange,
  policy: DeliveryPolicy,
  tries: number,
  random: () => number = Math.random,
): Verdict {
  if (exchange.kind === 'answered' && exchange.status >= 200 && exchange.status < 300) return { kind: 'delivered' };
  if (isFinal(exchange) || !isRepeated(exchange, policy, tries)) return { kind: 'park' };

  const delay = DELAYS[tries - 1] ?? LONGEST_RETRY_AFTER;
  const jittered = delay * (1 - JITTER + 2 * JITTER * random());
  const wanted = exchange.kind === 'answered' ? (exchange.retryAfterSeconds ?? 0) : 0;
  return { kind: 'retry', seconds: Math.max(jittered, Math.min(wanted, LONGEST_RETRY_AFTER)) };
}

/** Gone, or never to be asked: no later attempt can end otherwise. */
function isFinal(exchange: Exchange): boolean {
  return exchange.kind === 'answered' ? exchange.status === 410 : exchange.error.startsWith('refused-');
}

function isRepeated(exchange: Exchange, { maxTries, repeats }: DeliveryPolicy, tries: number): boolean {
  return tries < (maxTries ?? DELAYS.length + 1) && (repeats === null || repeats.has(classOf(exchange)));
}

const NOT_REACHED = new Set(['dns', 'connect', 'connect-timeout', 'tls']);

function classOf(exchange: Exchange): string {
  if (exchange.kind === 'answered') return `${Math.floor(exchange.status / 100)}xx`;
  return NOT_REACHED.has(exchange.error) ? 'ct' : 'rt';
}

/** In a word, for operators: the status code or the class of the failure. */
export function outcomeWord(exchange: Exchange): string {
  return exchange.kind === 'answered' ? String(exchange.status) : exchange.error;
}
