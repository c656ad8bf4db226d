import { setTimeout as pause } from 'node:timers/promises';
import { Pool } from 'undici';
import { fail, SpanKind, spanned } from '../platform/tracing/spans.js';
import { boundedText, jsonObject, refusalText, type JsonObject } from './answer-body.js';
import { RequestBudget, type Urgency } from './request-budget.js';
import { ProviderBusy, ProviderOutcomeUnknown, ProviderRefused, ProviderUnavailable } from './plivo.errors.js';

export interface PlivoCredentials {
  authId: string;
  authToken: string;
}

export interface TransportOptions {
  /** Plivo's API without `/v1`; may have a path. */
  baseUrl: string;
  /** For one verb over all its attempts; a listing has as much for each page. */
  deadlineMs?: number;
  /** The first pause before a repeated GET; the second is twice as long. Both vary by half. */
  retryPauseMs?: number;
  /** Told of each verb whether Plivo answered, whatever it said. */
  onReach?: (authId: string, isReached: boolean) => void;
  /** Told of each request; `resource` is the first word of its path, `status` 0 where none came. */
  onAnswer?: (resource: string, status: number, seconds: number) => void;
}

type Query = Record<string, string | number | undefined>;

interface PlivoRequest {
  resource: string;
  query?: Query;
  body?: JsonObject;
  signal: AbortSignal;
}

interface Outcome {
  /** False only when it is certain that not a byte reached Plivo. */
  wasSent: boolean;
  /** 0 when there was no answer; `reason` says why. */
  status: number;
  retryAfterSeconds: number;
  /** Null when it is too large or broke off. */
  text: string | null;
  reason?: string;
}

const ATTEMPTS = 3;
/** Plivo counts requests in windows of five seconds. */
const DEFAULT_RETRY_AFTER_SECONDS = 5;
/** Failures that come before the first byte is sent. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Carries requests to Plivo and tells apart what was refused, what did not happen and what may have happened. */
export class PlivoTransport {
  private readonly pool: Pool;
  private readonly prefix: string;
  private readonly deadlineMs: number;
  private readonly retryPauseMs: number;
  private readonly budget = new RequestBudget();
  private readonly onReach: NonNullable<TransportOptions['onReach']>;
  private readonly onAnswer: NonNullable<TransportOptions['onAnswer']>;

  constructor({
    baseUrl,
    deadlineMs = 5000,
    retryPauseMs = 150,
    onReach = () => undefined,
    onAnswer = () => undefined,
  }: TransportOptions) {
    const url = new URL(baseUrl);
    // Idle connections keep undici's 4 s: one kept longer may be closed under a POST, whose outcome is then unknown.
    this.pool = new Pool(url.origin, {
      connections: 16,
      connect: { timeout: Math.min(2000, deadlineMs) },
    });
    this.prefix = url.pathname.replace(/\/$/, '');
    this.deadlineMs = deadlineMs;
    this.retryPauseMs = retryPauseMs;
    this.onReach = onReach;
    this.onAnswer = onAnswer;
  }

  /** Null when the resource does not exist. Repeated on 5xx and network failure: reading twice harms nobody. */
  async get(credentials: PlivoCredentials, resource: string, query: Query = {}): Promise<JsonObject | null> {
    await this.turn(credentials, 'patient');
    const signal = AbortSignal.timeout(this.deadlineMs);
    for (let attempt = 1; ; attempt += 1) {
      // A repetition is booked too, but does not wait: the deadline runs.
      if (attempt > 1) this.budget.take(credentials.authId, 'urgent');
      const outcome = await this.send('GET', credentials, { resource, query, signal });
      const failure = failureIn(outcome);
      const isLast = failure === null || attempt === ATTEMPTS || signal.aborted;
      if (isLast) this.onReach(credentials.authId, failure === null);
      if (failure === null) return readAnswer(outcome);
      if (isLast) throw new ProviderUnavailable(failure);
      await pause(this.retryPauseMs * attempt * (0.5 + Math.random()), undefined, { signal }).catch(() => undefined);
    }
  }

  /** Sent once, whatever happens: a repeated POST is a second call. */
  async post(credentials: PlivoCredentials, resource: string, body: JsonObject): Promise<JsonObject> {
    await this.turn(credentials, 'urgent');
    const outcome = await this.send('POST', credentials, {
      resource,
      body,
      signal: AbortSignal.timeout(this.deadlineMs),
    });
    const failure = failureIn(outcome);
    this.onReach(credentials.authId, failure === null);
    if (failure !== null) {
      throw outcome.wasSent ? new ProviderOutcomeUnknown(failure) : new ProviderUnavailable(failure);
    }
    throwUnlessDone(outcome);
    const created = jsonObject(outcome.text);
    if (created === null) throw new ProviderOutcomeUnknown('Plivo accepted, with an answer that cannot be read');
    return created;
  }

  /** False when there was nothing to delete. */
  async delete(credentials: PlivoCredentials, resource: string): Promise<boolean> {
    await this.turn(credentials, 'urgent');
    const outcome = await this.send('DELETE', credentials, { resource, signal: AbortSignal.timeout(this.deadlineMs) });
    const failure = failureIn(outcome);
    this.onReach(credentials.authId, failure === null);
    if (failure !== null) throw new ProviderUnavailable(failure);
    if (outcome.status === 404) return false;
    throwUnlessDone(outcome);
    return true;
  }

  /** Waits for what is under way; the deadline bounds it. */
  close(): Promise<void> {
    return this.pool.close();
  }

  /** Waits until the account may be asked, before the deadline begins. */
  private async turn({ authId }: PlivoCredentials, urgency: Urgency): Promise<void> {
    const waitMs = this.budget.take(authId, urgency);
    if (waitMs > 0) await pause(waitMs);
  }

  private async send(
    method: 'GET' | 'POST' | 'DELETE',
    credentials: PlivoCredentials,
    request: PlivoRequest,
  ): Promise<Outcome> {
    const begunAt = performance.now();
    const [resource = ''] = request.resource.split('/', 1);
    const outcome = await spanned(
      `plivo ${method} ${resource}`,
      { 'http.request.method': method },
      async (span) => {
        const told = await this.exchange(method, credentials, request);
        if (told.status > 0) span.setAttribute('http.response.status_code', told.status);
        else fail(span, told.wasSent ? 'unknown' : 'not-sent');
        return told;
      },
      { kind: SpanKind.CLIENT },
    );
    this.onAnswer(resource, outcome.status, (performance.now() - begunAt) / 1000);
    return outcome;
  }

  private async exchange(
    method: 'GET' | 'POST' | 'DELETE',
    credentials: PlivoCredentials,
    request: PlivoRequest,
  ): Promise<Outcome> {
    const options = {
      method,
      path: this.prefix + pathOf(credentials, request),
      headers: {
        authorization: `Basic ${Buffer.from(`${credentials.authId}:${credentials.authToken}`).toString('base64')}`,
        accept: 'application/json',
        ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: request.body === undefined ? null : JSON.stringify(request.body),
      signal: request.signal,
    };
    try {
      const response = await this.pool.request(options);
      const retryAfter = Number(response.headers['retry-after']);
      return {
        wasSent: true,
        status: response.statusCode,
        retryAfterSeconds: retryAfter > 0 ? Math.min(Math.ceil(retryAfter), 3600) : DEFAULT_RETRY_AFTER_SECONDS,
        text: await boundedText(response.body),
      };
    } catch (error) {
      const { code = '', name } = error as NodeJS.ErrnoException;
      const reason =
        name === 'TimeoutError' ? 'Plivo did not answer in time' : `Plivo could not be reached: ${code || name}`;
      return { wasSent: !NEVER_SENT.has(code), status: 0, retryAfterSeconds: 0, text: null, reason };
    }
  }
}

function pathOf({ authId }: PlivoCredentials, { resource, query = {} }: PlivoRequest): string {
  if (!/^[A-Za-z0-9]{1,64}$/.test(authId)) throw new TypeError('expected an Auth ID of letters and digits');
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
  return `/v1/Account/${authId}/${resource}${search.size === 0 ? '' : `?${search.toString()}`}`;
}

/** Why there is no answer to go by, or null. */
function failureIn({ status, text, reason }: Outcome): string | null {
  if (reason !== undefined) return reason;
  if (status < 300 && text === null) return 'the answer of Plivo was too large or broke off';
  return status >= 500 || status === 408 ? `Plivo answered with status ${status}` : null;
}

function readAnswer(outcome: Outcome): JsonObject | null {
  if (outcome.status === 404) return null;
  throwUnlessDone(outcome);
  const body = jsonObject(outcome.text);
  if (body === null) throw new ProviderUnavailable('Plivo sent an answer that cannot be read');
  return body;
}

function throwUnlessDone({ status, retryAfterSeconds, text }: Outcome): void {
  if (status >= 200 && status < 300) return;
  if (status === 429) throw new ProviderBusy(retryAfterSeconds);
  throw new ProviderRefused(status, refusalText(text ?? ''));
}
