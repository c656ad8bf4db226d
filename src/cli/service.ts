import type { Address } from './address.js';
import { EXIT, Failure } from './failure.js';
import { plain } from './output.js';

/** What an answer may take; lists and changes take milliseconds, a sync with Plivo some seconds. */
const WITHIN_MS = 60_000;
const LONGEST_PAGE = 200;

export type Query = Record<string, string | number | boolean | undefined>;

export interface Asked {
  query?: Query;
  /** An object is sent as JSON, a text as CSV. */
  body?: object | string;
  /** Of a stream that lasts as long as it lasts: no time limit. */
  isStream?: boolean;
  /** Ends it before a signal does. */
  signal?: AbortSignal;
  /** Refusals whose bodies are wanted: of these statuses. */
  takes?: readonly number[];
}

export interface Page<Item> {
  items: Item[];
  next_cursor: string | null;
}

/** What is asked of a list: a page, so many items, or all. */
export interface Wanted {
  limit?: number;
  all?: boolean;
  cursor?: string;
}

/**
 * The admin API of a running service. What it refuses becomes a `Failure` with its own words; queries and bodies are never repeated, because they may hold
 * somebody's number.
 */
export class Service {
  constructor(
    readonly address: Address,
    private readonly stopped: AbortSignal,
  ) {}

  async get<Body>(path: string, query: Query = {}): Promise<Body> {
    return this.json<Body>('GET', path, { query });
  }

  async json<Body>(method: string, path: string, asked: Asked = {}): Promise<Body> {
    const answer = await this.ask(method, path, asked);
    if (answer.status === 204) return undefined as Body;
    const text = await answer.text().catch((error: unknown) => {
      throw this.unreachable(method, path, error);
    });
    try {
      return JSON.parse(text) as Body;
    } catch {
      throw this.strange(method, path, answer);
    }
  }

  /** Page after page, as many items as are wanted; 50 unless told otherwise. */
  async list<Item>(path: string, query: Query, { limit = 50, all = false, cursor }: Wanted): Promise<Page<Item>> {
    const found: Page<Item> = { items: [], next_cursor: cursor ?? null };
    for await (const page of this.pages<Item>(path, query, { limit: all ? Infinity : limit, cursor })) {
      found.items.push(...page.items);
      found.next_cursor = page.next_cursor;
    }
    return found;
  }

  async *pages<Item>(
    path: string,
    query: Query,
    { limit, cursor }: { limit: number; cursor?: string | undefined },
  ): AsyncGenerator<Page<Item>> {
    let left = limit;
    let place = cursor;
    do {
      const page = await this.get<Page<Item>>(path, { ...query, limit: Math.min(left, LONGEST_PAGE), cursor: place });
      if (!Array.isArray(page.items)) throw new Failure(`${this.named('GET', path)} was answered with no list`);
      yield page;
      left -= page.items.length;
      place = page.next_cursor ?? undefined;
    } while (place !== undefined && left > 0);
  }

  /** The answer as it comes. Throws where it is a refusal. */
  async ask(method: string, path: string, { query = {}, body, takes = [], ...until }: Asked = {}): Promise<Response> {
    const url = new URL(this.address.url + path);
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, String(value));
    const answer = await fetch(url, {
      method,
      headers: {
        authorization: `Bearer ${this.address.token}`,
        accept: 'application/json, */*;q=0.5',
        ...typeOf(body),
      },
      // The token is for this address alone.
      redirect: 'manual',
      body: typeof body === 'object' ? JSON.stringify(body) : (body ?? null),
      signal: this.endOf(until),
    }).catch((error: unknown) => {
      throw this.unreachable(method, path, error);
    });
    if (answer.ok || takes.includes(answer.status)) return answer;
    throw await this.refused(method, path, answer);
  }

  private endOf({ isStream = false, signal }: Pick<Asked, 'isStream' | 'signal'>): AbortSignal {
    const limit = isStream ? [] : [AbortSignal.timeout(WITHIN_MS)];
    return AbortSignal.any([this.stopped, ...limit, ...(signal ? [signal] : [])]);
  }

  private named(method: string, path: string): string {
    return `${method} ${this.address.url}${path}`;
  }

  private unreachable(method: string, path: string, error: unknown): Failure {
    if (this.stopped.aborted) return new Failure('stopped');
    const { name, cause } = error as { name?: string; cause?: { code?: unknown } };
    const reason =
      name === 'TimeoutError' ? `no answer within ${WITHIN_MS / 1000} s` : String(cause?.code ?? name ?? 'failed');
    return new Failure(
      `${this.named(method, path)}: not reached (${plain(reason)}). Does the service run there? Start it with "masking serve", or name it with --url`,
      EXIT.notReachable,
    );
  }

  private async refused(method: string, path: string, answer: Response): Promise<Failure> {
    const { status } = answer;
    if (status >= 300 && status < 400)
      return new Failure(`${this.named(method, path)} leads elsewhere (${status}): name the address itself with --url`);
    const problem = problemOf(await answer.text().catch(() => ''));
    if (problem === null) return this.strange(method, path, answer);
    const { code, detail, requestId } = problem;
    const advice = status === 401 ? '. Another --token, MASKING_TOKEN or data folder (--data) is needed' : '';
    const text = `${this.named(method, path)} was refused (${status} ${code}): ${detail}${advice}${requestId}`;
    return new Failure(text, status === 502 || status === 503 || status === 504 ? EXIT.notReachable : EXIT.failed);
  }

  private strange(method: string, path: string, { status, headers }: Response): Failure {
    const type = plain(headers.get('content-type') ?? 'no type').slice(0, 60);
    return new Failure(
      `${this.named(method, path)} was answered ${status} with ${type}, as this service never answers: is something else at this address?`,
      status === 502 || status === 503 || status === 504 ? EXIT.notReachable : EXIT.failed,
    );
  }
}

function typeOf(body: object | string | undefined): Record<string, string> {
  if (body === undefined) return {};
  return { 'content-type': typeof body === 'string' ? 'text/csv' : 'application/json' };
}

/** RFC 9457, as /admin answers; null for anything else. */
function problemOf(text: string): { code: string; detail: string; requestId: string } | null {
  try {
    const { code, detail, title, request_id: id } = JSON.parse(text) as Record<string, unknown>;
    if (typeof code !== 'string') return null;
    const said = [detail, title].find((one) => typeof one === 'string') ?? 'no reason given';
    const requestId = typeof id === 'string' ? ` [request ${plain(id).slice(0, 40)}]` : '';
    return { code: plain(code).slice(0, 60), detail: plain(String(said)).slice(0, 1000), requestId };
  } catch {
    return null;
  }
}
