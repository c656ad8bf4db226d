/** What the service has written into the page (`src/pages/publish-pages.ts`). */
export interface Facts {
  version: string;
  provider: 'plivo' | 'simulator';
  isProduction: boolean;
  /** Whether the pages and paths for operators are at this address. */
  hasOperators: boolean;
}

export function readFacts(): Facts {
  const text = document.querySelector<HTMLMetaElement>('meta[name="masking"]')?.content ?? '{}';
  return JSON.parse(text) as Facts;
}

/** Where this service is reached, without slash at the end: a proxy may have put it below a path. */
export const BASE = new URL('.', location.href).href.replace(/\/$/, '');
