/** Paths whose spelling we are lenient about. Never /plivo: the signature there covers the URL as it was written. */
const LENIENT = /^\/+(?:v1|admin|simulator\/+v1)(?:\/|$)/;

/** The same URL with single slashes and none at the end of its path; the official client libraries disagree about both. */
export function lenientUrl(url: string): string {
  const queryAt = url.indexOf('?');
  const path = queryAt < 0 ? url : url.slice(0, queryAt);
  if (!LENIENT.test(path)) return url;
  const plain = path.replace(/\/{2,}/g, '/').replace(/(.)\/$/, '$1');
  return queryAt < 0 ? plain : plain + url.slice(queryAt);
}

/** A path as the router reads it: `/%76%31/` is `/v1/`. */
export function asRouted(path: string): string {
  return path.replaceAll(/%[0-9a-f]{2}/gi, (code) => String.fromCharCode(Number(`0x${code.slice(1)}`)));
}

/** Whether a URL belongs to the masking API, whose errors have a shape of their own. */
export function isMaskingApi(url: string): boolean {
  return /^\/v1(?:[/?]|$)/.test(asRouted(url));
}
