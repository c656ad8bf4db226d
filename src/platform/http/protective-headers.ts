import { asRouted } from './request-url.js';

/** What may be in an answer there is of people, or opens something: no cache keeps it. */
const PERSONAL = /^\/+(?:v1|admin)(?:[/?]|$)/;

/** Headers of every answer, whatever it says. A route may say another `cache-control`. */
export function protectiveHeaders(url: string): Record<string, string> {
  return {
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    ...(PERSONAL.test(asRouted(url)) && { 'cache-control': 'no-store' }),
  };
}

/** Of pages that this service serves: scripts and styles are files of ours, and nobody shows the page in a frame. `asked` are origins that its scripts may ask. */
export function pageHeaders(asked: readonly string[] = []): Record<string, string> {
  return {
    'content-security-policy': [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self' data:",
      `connect-src 'self'${asked.map((origin) => ` ${origin}`).join('')}`,
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
    'content-type': 'text/html; charset=utf-8',
  };
}
