/** More than any schedule waits; keeps a hostile number small. */
const MOST_SECONDS = 31_536_000;
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** Seconds from `now` that a Retry-After header asks for, 0 to a year; null when there is none that can be read. */
export function retryAfterSeconds(header: string | string[] | undefined, now: number): number | null {
  const text = (Array.isArray(header) ? header[0] : header)?.trim() ?? '';
  if (/^\d{1,15}$/.test(text)) return Math.min(Number(text), MOST_SECONDS);
  const at = HTTP_DATE.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? null : Math.min(Math.max(0, Math.ceil((at - now) / 1000)), MOST_SECONDS);
}
