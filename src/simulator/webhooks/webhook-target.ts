import { parseUrl } from '../../platform/parse-url.js';
import type { Settings } from '../rules/settings.js';

export type RetryReason = '4xx' | '5xx' | 'ct' | 'rt';

/** A webhook URL with the options of its fragment taken off: they are neither sent nor signed. */
export interface WebhookTarget {
  url: string;
  /** What is signed; another text only for a Plivo that does not take fragments off first. */
  signedUrl: string;
  connectTimeoutMs: number;
  readTimeoutMs: number;
  totalTimeoutMs: number;
  retries: number;
  retryOn: ReadonlySet<RetryReason>;
}

const REASONS: readonly RetryReason[] = ['4xx', '5xx', 'ct', 'rt'];

/** Null when the text is no http or https URL. Options out of their range fall back to Plivo's defaults. */
export function readTarget(text: string, habit: Settings['url_fragments'] = 'stripped'): WebhookTarget | null {
  const [base = '', fragment = ''] = text.trim().split('#', 2);
  if (parseUrl(base) === null || !/^https?:\/\//i.test(base)) return null;
  if (habit === 'refused' && fragment !== '') return null;
  const whole = fragment === '' ? base : `${base}%23${fragment}`;
  const url = habit === 'sent' ? whole : base;
  const options = new URLSearchParams(habit === 'stripped' ? fragment : '');
  const option = (name: string, least: number, most: number, otherwise: number) => {
    const value = options.get(name) ?? '';
    return /^\d{1,6}$/.test(value) && Number(value) >= least && Number(value) <= most ? Number(value) : otherwise;
  };
  return {
    url,
    signedUrl: habit === 'signed' ? whole : url,
    connectTimeoutMs: option('ct', 100, 10_000, 2000),
    readTimeoutMs: option('rt', 100, 40_000, 40_000),
    totalTimeoutMs: option('tt', 100, 55_000, 55_000),
    retries: option('rc', 0, 5, 1),
    retryOn: new Set(retryReasons(options.get('rp'))),
  };
}

function retryReasons(list: string | null): readonly RetryReason[] {
  if (list === null) return ['ct', 'rt'];
  const named = list.split(',');
  return named.includes('all') ? REASONS : REASONS.filter((reason) => named.includes(reason));
}
