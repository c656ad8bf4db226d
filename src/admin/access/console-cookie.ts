import type { FastifyReply, FastifyRequest } from 'fastify';
import { parseUrl } from '../../platform/parse-url.js';

/** As `newSecret` makes them. */
const VALUE = '[A-Za-z0-9_-]{40}';
/** Says in a request that a script of the console made it. A page of another site cannot send it: its browser would ask us first, and we never allow it. */
const REQUESTED_BY = 'x-requested-by';
/** Whole seconds since a person last touched the page that asks. */
const IDLE = 'x-idle-seconds';

/**
 * The cookie of the console. Its path is `/`, as the prefix `__Host-` wants it: with that no other host of the domain can set it. It opens /admin alone; other
 * routes do not read it.
 */
export class ConsoleCookie {
  private readonly isSecure: boolean;
  private readonly name: string;
  private readonly pattern: RegExp;

  constructor(private readonly publicUrl: string) {
    this.isSecure = publicUrl.startsWith('https:');
    this.name = this.isSecure ? '__Host-masking-console' : 'masking-console';
    this.pattern = new RegExp(`(?:^|;\\s*)${this.name}=(${VALUE})(?:;|$)`);
  }

  /** Null where there is none, or none of ours. */
  in({ headers: { cookie = '' } }: FastifyRequest): string | null {
    return this.pattern.exec(cookie)?.[1] ?? null;
  }

  set(reply: FastifyReply, value: string, seconds: number): void {
    const secure = this.isSecure ? '; Secure' : '';
    void reply.header(
      'set-cookie',
      `${this.name}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure}`,
    );
  }

  clear(reply: FastifyReply): void {
    this.set(reply, '', 0);
  }

  /**
   * Whether no page of another site has made the browser ask. Browsers say so themselves (`Sec-Fetch-Site`), save over plain http, where `Origin` says it.
   * A neighbour on another port of the host is another site here, though cookies do not know ports.
   */
  isFromHere({ method, headers }: FastifyRequest): boolean {
    const site = headers['sec-fetch-site'];
    // An address that a person typed comes from nowhere.
    if (site !== undefined) return site === 'same-origin' || (site === 'none' && method === 'GET');
    const { origin, host } = headers;
    if (origin === undefined) return true;
    const asked = parseUrl(origin);
    return asked !== null && (asked.host === host || asked.origin === parseUrl(this.publicUrl)?.origin);
  }

  /** Whether a request may do what is not undone: it says that the console made it, which no other page can. */
  isByConsole({ headers }: FastifyRequest): boolean {
    return headers[REQUESTED_BY] !== undefined;
  }
}

/** How long nobody has touched the page, in milliseconds: what a page asks for by itself is no use of the login. 0 where it is not said. */
export function idleMs({ headers }: FastifyRequest): number {
  const text = headers[IDLE];
  return typeof text === 'string' && /^\d{1,7}$/.test(text) ? Number(text) * 1000 : 0;
}
