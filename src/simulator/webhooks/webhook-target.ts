import { parseUrl } from '../../platform/parse-url.js';
export type RetryReason = '4xx' | '5xx' | 'ct' | 'rt';

/** A webhook URL with the options of its fragment taken off: they are neither sent nor signed. */
export interface WebhookTarget {
  url: string;
  connectTimeoutMs: number;
  readTimeoutMs: number;
  totalTimeoutMs: number;
  retries: number;
  retryOn: ReadonlySet<RetryReason>;
}

const REASONS: readonly RetryReason[] = ['4xx', '5xx', 'ct', 'rt'];

/** Null when the text is no http or https URL. Options out of their range fall back to Plivo's defaults. */
export function readTarget(text: string): WebhookTarget | null {
  const [url = '', fragment = ''] = text.trim().split('#', 2);
  if (parseUrl(url) === null || !/^https?:\/\//i.test(url)) return null;
  const options = new URLSearchParams(fragment);
  const option = (name: string, least: number, most: number, otherwise: number) => {
    const value = options.get(name) ?? '';
    return /^\d{1,6}$/.test(value) && Number(value) >= least && Number(value) <= most ? Number(value) : otherwise;
  };
  return {
    url,
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
