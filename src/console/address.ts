import { useMemo, useSyncExternalStore } from 'react';

/** Filters of a list by name; what is not set is not there. */
export type Filters = Readonly<Record<string, string>>;

/** Where in the console somebody is. */
export interface Address {
  /** The page's path, such as `calls`. */
  page: string;
  /** What is open on it, such as the id of a call. */
  id: string | null;
  filters: Filters;
}

/**
 * Everything stands behind the `#`: what a page shows can be sent to a colleague and survives a reload, a proxy may have taken a prefix off the
 * path, and a number that somebody looks for reaches no access log.
 */
export function hrefOf({ page, id = null, filters = {} }: Partial<Address> & { page: string }): string {
  const query = new URLSearchParams(Object.entries(filters).filter(([, value]) => value !== '')).toString();
  const path = id === null ? page : `${page}/${encodeURIComponent(id)}`;
  return `#/${path}${query === '' ? '' : `?${query}`}`;
}

function addressOf(hash: string): Address {
  const [path = '', query = ''] = hash.replace(/^#?\/?/, '').split('?', 2);
  const [page = '', id] = path.split('/', 2);
  return {
    page: page === '' ? 'overview' : page,
    id: id === undefined || id === '' ? null : decoded(id),
    filters: Object.fromEntries(new URLSearchParams(query)),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function go(to: Partial<Address> & { page: string }): void {
  location.hash = hrefOf(to);
}

/** Another filter is no step back: the browser's back button leaves the list, not the last letter that was typed. */
export function goInstead(to: Partial<Address> & { page: string }): void {
  history.replaceState(null, '', hrefOf(to));
  window.dispatchEvent(new HashChangeEvent('hashchange'));
}

const hash = (): string => location.hash;

function listen(listener: () => void): () => void {
  window.addEventListener('hashchange', listener);
  return () => window.removeEventListener('hashchange', listener);
}

export function useAddress(): Address {
  const text = useSyncExternalStore(listen, hash);
  return useMemo(() => addressOf(text), [text]);
}
