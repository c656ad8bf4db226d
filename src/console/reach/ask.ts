import { headersOfConsole, refusalOf } from '../api.ts';

export { Refused } from '../api.ts';

export type Query = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** `/calls` with its query as the admin API is asked for it, relative to the console's own address. */
export function urlOf(path: string, query: Query = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '');
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return `./admin${path}${text === '' ? '' : `?${text}`}`;
}

interface Asked {
  method?: string;
  query?: Query;
  body?: unknown;
  signal?: AbortSignal;
  /** Sent with a key of its own, so that a request which arrives twice is done once. */
  isOnce?: boolean;
}

/** Asks the admin API. Throws `Refused`, or what `fetch` throws where nobody answers. */
export async function ask<Body>(
  path: string,
  { method = 'GET', query, body, signal, isOnce = false }: Asked = {},
): Promise<Body> {
  const answer = await fetch(urlOf(path, query), {
    method,
    cache: 'no-store',
    headers: { ...headersOf(body), ...(isOnce && { 'idempotency-key': newKey() }) },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    ...(signal !== undefined && { signal }),
  });
  const text = await answer.text();
  if (answer.ok) return (text === '' ? null : JSON.parse(text)) as Body;
  throw refusalOf(answer, text);
}

/** `randomUUID` is not there where the page came over plain http from another machine. */
function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function headersOf(body: unknown): Record<string, string> {
  return {
    ...headersOfConsole(),
    ...(body !== undefined && { 'content-type': typeof body === 'string' ? 'text/csv' : 'application/json' }),
  };
}
