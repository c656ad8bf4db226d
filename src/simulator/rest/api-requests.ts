import type { FastifyRequest } from 'fastify';

const ACCOUNT = '/simulator/v1/Account/:authId';
const PREFIX = `${ACCOUNT}/`;
const MESSAGE_MEDIA_PREFIX = '/simulator/media/v1/Account/:authId/Message/:uuid/Media/';
const MEDIA_PREFIX = '/simulator/media/v1/Account/:authId/Recording/';

/** What a request asks of the API, such as `POST Call` or `GET Call/:uuid`; a recording's sound is `GET Media/:file`, a message's picture `GET MessageMedia/:media`. */
export function kindOf({ method, routeOptions }: Pick<FastifyRequest, 'method' | 'routeOptions'>): string {
  if (routeOptions.url === ACCOUNT) return `${method} Account`;
  return `${method} ${(routeOptions.url ?? '').replace(PREFIX, '').replace(MEDIA_PREFIX, 'Media/').replace(MESSAGE_MEDIA_PREFIX, 'MessageMedia/').replace(/\/$/, '')}`;
}

/** How often each kind of API request came in, those that were refused or made to fail among them. */
export class ApiRequests {
  private readonly counts = new Map<string, number>();

  count(kind: string): void {
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
  }

  view(): { total: number; by_kind: Record<string, number> } {
    const total = [...this.counts.values()].reduce((sum, count) => sum + count, 0);
    return { total, by_kind: Object.fromEntries(this.counts) };
  }

  clear(): void {
    this.counts.clear();
  }
}
