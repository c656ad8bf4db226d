import { Agent, request } from 'undici';
import type { Clock } from '../../platform/clock.js';
import type { Activity } from '../rules/activity.js';
import type { Changes } from '../rules/changes.js';
import type { Fate, Faults, WebhookKind } from '../rules/faults.js';
import type { Settings } from '../rules/settings.js';
import type { Timers } from '../rules/timers.js';
import type { Lane } from './lane.js';
import { newNonce, type WebhookMethod } from './signature.js';
import { headersOf } from './signed-headers.js';
import type { RetryReason, WebhookTarget } from './webhook-target.js';

/** What a webhook is about: a call, as far as its sender knows one. It keeps what became of each. */
interface WebhookOrigin {
  readonly isForgotten: boolean;
  readonly ordinal: number;
  readonly subaccount: string | null;
  readonly lane: Lane;
  readonly webhooks: WebhookRecord[];
  note(at: number, what: string, details: Record<string, string>): void;
}

export interface WebhookRecord {
  at: number;
  kind: WebhookKind;
  method: WebhookMethod;
  url: string;
  params: Record<string, string>;
  headers: Record<string, string>;
  outcome: 'pending' | 'delivered' | 'refused' | 'failed' | 'lost';
  /** `ms`: of real time, until the answer was read. */
  attempts: { at: number; ms: number; status: number | null; error: string | null }[];
  /** What the last attempt's V3 signature is worth: false where a fault made it wrong, null where there was none. */
  is_signed: boolean | null;
  status: number | null;
  response_body: string;
}

export interface Webhook {
  kind: WebhookKind;
  target: WebhookTarget;
  method: WebhookMethod;
  params: Record<string, string>;
}

export interface Reply {
  status: number;
  contentType: string;
  body: string;
}

interface SignedWebhook {
  url: string;
  method: WebhookMethod;
  headers: Record<string, string>;
  isSigned: boolean | null;
  body: string | null;
}

interface Limits {
  target: WebhookTarget;
  giveUpAt: number;
}

type Attempt = { reply: Reply; failure: null } | { reply: null; failure: { reason: RetryReason; error: string } };

/** The answer of one that has arrived, where it is lost on its way back. */
const UNHEARD: Attempt = { reply: null, failure: { reason: 'rt', error: 'ECONNRESET' } };
/** More than a document may have, so that one too large is seen to be. */
const READ_AT_MOST = 128 * 1024;
const OVERTAKEN_AT_LATEST_MS = 1000;

/** The call stands still until these are answered: nothing of it could go ahead of them. */
const WAITED_FOR: ReadonlySet<WebhookKind> = new Set([
  'answer',
  'redirect',
  'digits-action',
  'confirm-sound',
  'dial-music',
]);

/** Carries webhooks to the application over kept-alive connections: signed, in order per call, repeated as the URL asks. */
export class WebhookSender {
  /** One agent per connect time-out, as undici fixes that when a connection pool is made. */
  private readonly agents = new Map<number, Agent>();
  private isClosed = false;

  constructor(
    private readonly parts: {
      clock: Clock;
      timers: Timers;
      changes: Changes;
      activity: Activity;
      faults: Faults;
      settings: Settings;
    },
    private readonly tokensOf: (subaccount: string | null) => { owner: string; main: string },
  ) {}

  /** The application's last reply, or null when it could not be reached or the webhook was lost. */
  async send(origin: WebhookOrigin, webhook: Webhook): Promise<Reply | null> {
    if (origin.isForgotten || this.isClosed) return null;
    const { faults, clock, timers } = this.parts;
    const fate = faults.fateOf(webhook.kind, origin.ordinal);
    const record = this.open(origin, webhook);
    const lane = fate.isReordered && !WAITED_FOR.has(webhook.kind) ? null : origin.lane.enter();
    const turn = lane?.turn ?? Promise.race([origin.lane.overtaken(), timers.sleep(OVERTAKEN_AT_LATEST_MS)]);
    await (fate.delayMs > 0 ? Promise.all([turn, timers.sleep(fate.delayMs)]) : turn);
    if (fate.isLost) {
      record.outcome = 'lost';
      origin.note(clock.now(), 'webhook.lost', { kind: webhook.kind });
      lane?.leave();
      this.parts.changes.notify();
      return null;
    }
    return await this.parts.activity.during(() => this.deliver(origin, webhook, { fate, record, leave: lane?.leave }));
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.abandon();
  }

  /** Breaks off every request under way. */
  async abandon(): Promise<void> {
    const agents = [...this.agents.values()];
    this.agents.clear();
    await Promise.all(agents.map((agent) => agent.destroy()));
  }

  private async deliver(
    origin: WebhookOrigin,
    webhook: Webhook,
    { fate, record, leave }: { fate: Fate; record: WebhookRecord; leave: (() => void) | undefined },
  ): Promise<Reply | null> {
    const { target } = webhook;
    const limits = { target, giveUpAt: Date.now() + target.totalTimeoutMs };
    let signed = this.sign(origin, webhook, fate);
    let attempt = await this.firstAttempt(record, signed, limits, fate);
    leave?.();
    for (let retry = 1; retry <= target.retries && isWorthRetrying(attempt, limits); retry += 1) {
      if (origin.isForgotten || this.isClosed) break;
      signed = this.sign(origin, webhook, fate);
      attempt = await this.attempt(record, signed, limits);
    }
    const { reply } = attempt;
    record.outcome = outcomeOf(reply);
    record.status = reply?.status ?? null;
    record.response_body = reply?.body ?? '';
    this.parts.changes.notify();
    return reply;
  }

  private sign(origin: WebhookOrigin, { kind, target, method, params: said }: Webhook, fate: Fate): SignedWebhook {
    const sorted = new URLSearchParams(said);
    if (method === 'POST') sorted.sort();
    const asked = (url: string): string => (method === 'GET' ? withQuery(url, sorted) : url);
    const tokens = this.tokensOf(origin.subaccount);
    const wrong = fate.isBadlySigned ? 'not the token' : '';
    const params = method === 'GET' ? [] : [...sorted];
    const signing = { method, url: asked(target.signedUrl), params, nonce: newNonce() };
    const by = { owner: tokens.owner + wrong, main: tokens.main + wrong };
    const headers = headersOf(kind, this.parts.settings, signing, by);
    const isSigned = 'X-Plivo-Signature-V3' in headers ? !fate.isBadlySigned : null;
    return { url: asked(target.url), method, headers, isSigned, body: method === 'GET' ? null : sorted.toString() };
  }

  private async firstAttempt(record: WebhookRecord, signed: SignedWebhook, limits: Limits, fate: Fate) {
    const attempt = fate.isUnreached ? this.notReached(record) : await this.attempt(record, signed, limits);
    // A repeat is an exact copy, as when the first one's answer got lost on the way; a retry is signed afresh.
    if (fate.isDuplicated) await this.attempt(record, signed, limits);
    return fate.isUnanswered ? UNHEARD : attempt;
  }

  private notReached(record: WebhookRecord): Attempt {
    record.attempts.push({ at: this.parts.clock.now(), ms: 0, status: null, error: 'ECONNREFUSED' });
    return { reply: null, failure: { reason: 'ct', error: 'ECONNREFUSED' } };
  }

  private async attempt(record: WebhookRecord, signed: SignedWebhook, { target, giveUpAt }: Limits): Promise<Attempt> {
    const at = this.parts.clock.now();
    const begun = performance.now();
    const lasted = (): number => Math.round((performance.now() - begun) * 10) / 10;
    record.headers = signed.headers;
    record.is_signed = signed.isSigned;
    const abort = new AbortController();
    const limit = setTimeout(() => abort.abort(), Math.min(target.readTimeoutMs, giveUpAt - Date.now()));
    try {
      const response = await request(signed.url, {
        method: signed.method,
        headers: {
          ...signed.headers,
          ...(signed.body !== null && { 'Content-Type': 'application/x-www-form-urlencoded' }),
        },
        body: signed.body,
        dispatcher: this.agentFor(target.connectTimeoutMs),
        signal: abort.signal,
      });
      const contentType = `${response.headers['content-type'] ?? ''}`;
      const reply = { status: response.statusCode, contentType, body: await readBounded(response.body) };
      record.attempts.push({ at, ms: lasted(), status: reply.status, error: null });
      return { reply, failure: null };
    } catch (error) {
      const failure = describeFailure(error);
      record.attempts.push({ at, ms: lasted(), status: null, error: failure.error });
      return { reply: null, failure };
    } finally {
      clearTimeout(limit);
    }
  }

  private open(origin: WebhookOrigin, { kind, method, target, params }: Webhook): WebhookRecord {
    const at = this.parts.clock.now();
    const record: WebhookRecord = {
      at,
      kind,
      method,
      url: target.url,
      params,
      headers: {},
      outcome: 'pending',
      attempts: [],
      is_signed: null,
      status: null,
      response_body: '',
    };
    origin.webhooks.push(record);
    this.parts.changes.notify();
    return record;
  }

  private agentFor(connectTimeoutMs: number): Agent {
    const known = this.agents.get(connectTimeoutMs);
    if (known !== undefined) return known;
    const agent = new Agent({ connectTimeout: connectTimeoutMs, keepAliveTimeout: 4000 });
    this.agents.set(connectTimeoutMs, agent);
    return agent;
  }
}

function withQuery(url: string, params: URLSearchParams): string {
  const [base = '', ...rest] = url.split('?');
  const query = new URLSearchParams(rest.join('?'));
  for (const [name, value] of params) query.append(name, value);
  query.sort();
  return `${base}?${query}`;
}

export function isSuccess(reply: Reply | null): reply is Reply {
  return reply !== null && reply.status >= 200 && reply.status < 300;
}

function outcomeOf(reply: Reply | null): WebhookRecord['outcome'] {
  if (reply === null) return 'failed';
  return isSuccess(reply) ? 'delivered' : 'refused';
}

function isWorthRetrying({ reply, failure }: Attempt, { target: { retryOn }, giveUpAt }: Limits): boolean {
  if (Date.now() >= giveUpAt) return false;
  if (failure !== null) return retryOn.has(failure.reason);
  if (reply.status >= 500) return retryOn.has('5xx');
  return reply.status >= 400 && retryOn.has('4xx');
}

const NOT_CONNECTED = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

function describeFailure(error: unknown): { reason: RetryReason; error: string } {
  const { name, code } = error as { name?: string; code?: unknown };
  const label = typeof code === 'string' ? code : (name ?? 'Error');
  return { reason: NOT_CONNECTED.has(label) ? 'ct' : 'rt', error: label };
}

async function readBounded(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > READ_AT_MOST) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}
