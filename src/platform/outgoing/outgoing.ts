import type { OnModuleDestroy } from '@nestjs/common';
import type { Clock } from '../clock.js';
import type { WireAnswer } from './answer.js';
import { Connection, type WireRequest } from './connection.js';
import { Dialler } from './dialler.js';
import { OutgoingFailure, type FailureReason } from './failure.js';
import { IdleConnections } from './idle-connections.js';
import { publicResolver, systemResolver, type ResolveName } from './resolve-name.js';
import { retryAfterSeconds } from './retry-after.js';
import { urlRefusal, type UrlRefusal, type UrlRules } from './url-refusal.js';

export type { FailureReason } from './failure.js';
export type { UrlRefusal } from './url-refusal.js';

/** Durations are milliseconds, at least 1. */
export interface OutgoingRequest {
  /** Its fragment stays here. What goes out is the URL as `new URL(url).href` writes it, so that is what a signature has to cover. */
  url: string;
  method: 'GET' | 'POST';
  /** `host`, `connection`, `accept-encoding` and the body's length are ours to say and are left out. */
  headers: Record<string, string>;
  body: string | null;
  /** To resolve the name, connect and shake hands. */
  connectMs: number;
  /** From the request to the headers of the answer. */
  readMs: number;
  /** In all, the body of the answer included; 15 s at most. */
  totalMs: number;
  signal?: AbortSignal;
}

/**
 * `answered`: the status line and headers came; `body` is what came of the body before it ended, broke off, reached 16 KiB or the time
 * was up, as it was on the wire. A redirect is an answer like others. `retryAfterSeconds` is 0 to a year.
 */
export type Exchange =
  | { kind: 'answered'; status: number; retryAfterSeconds: number | null; body: Buffer; durationMs: number }
  | { kind: 'failed'; error: FailureReason; durationMs: number };

const MOST_TOTAL_MS = 15_000;
const OWN_HEADERS = new Set([
  'host',
  'connection',
  'keep-alive',
  'upgrade',
  'expect',
  'transfer-encoding',
  'content-length',
  'accept-encoding',
]);

/**
 * Carries requests to URLs that customers gave us, and only to the open internet: https, a public name all of whose addresses are public,
 * the checked address dialled, no redirects, nothing decompressed, 15 s and 16 KiB in all. CALLBACK_ALLOW_PRIVATE lifts the rules about
 * port and address, and no other; CALLBACK_ALLOW_HTTP the one about the scheme.
 */
export class Outgoing implements OnModuleDestroy {
  private readonly dialler: Dialler;
  private readonly idle = new IdleConnections();
  private readonly rules: UrlRules;

  /** `resolve` and `ca` are the machine's own unless a test has others. */
  constructor(
    private readonly clock: Clock,
    { resolve, ca, ...rules }: UrlRules & { resolve?: ResolveName; ca?: string },
  ) {
    const { allowPrivate } = rules;
    this.rules = rules;
    this.dialler = new Dialler({
      allowPrivate,
      resolve: resolve ?? (allowPrivate ? systemResolver() : publicResolver()),
      ca,
    });
  }

  /** What can be known without resolving names: null when the URL may be tried. */
  refusal(url: string): UrlRefusal | null {
    return urlRefusal(url, this.rules);
  }

  /** One request, sent at most once. Never rejects for what the network or the receiver does; rejects for headers that are none. */
  async send(request: OutgoingRequest): Promise<Exchange> {
    const beganAt = performance.now();
    const giveUp = new AbortController();
    const onAbort = (): void => giveUp.abort(new OutgoingFailure('aborted'));
    const totalMs = Math.min(request.totalMs, MOST_TOTAL_MS);
    const timer = setTimeout(() => giveUp.abort(new OutgoingFailure('timeout')), totalMs);
    request.signal?.addEventListener('abort', onAbort, { once: true });
    if (request.signal?.aborted === true) onAbort();
    const durationMs = (): number => Math.round(performance.now() - beganAt);
    try {
      const { status, retryAfter, body } = await this.exchange(request, giveUp.signal);
      const seconds = retryAfterSeconds(retryAfter, this.clock.now());
      return { kind: 'answered', status, retryAfterSeconds: seconds, body, durationMs: durationMs() };
    } catch (error) {
      if (!(error instanceof OutgoingFailure)) throw error;
      return { kind: 'failed', error: error.reason, durationMs: durationMs() };
    } finally {
      clearTimeout(timer);
      request.signal?.removeEventListener('abort', onAbort);
    }
  }

  /** How many connections are kept for further requests. */
  get idleConnections(): number {
    return this.idle.size;
  }

  /** Cuts every connection. */
  onModuleDestroy(): void {
    this.dialler.close();
  }

  private async exchange(request: OutgoingRequest, signal: AbortSignal): Promise<WireAnswer> {
    if (this.refusal(request.url) !== null) throw new OutgoingFailure('refused-url');
    const url = new URL(request.url);
    const wire = wireRequest(url, request);
    for (;;) {
      const kept = this.idle.take(url.origin);
      const connection = kept ?? (await this.connect(url, request.connectMs, signal));
      const answer = await connection.exchange(wire, { readMs: request.readMs, signal });
      if (connection.isUsable) this.idle.keep(connection);
      if (answer !== null) return answer;
      // The receiver closed a kept connection before the request was on it: nothing was sent, so another may carry it.
      if (kept === null) throw new OutgoingFailure('reset');
    }
  }

  private async connect(url: URL, connectMs: number, signal: AbortSignal): Promise<Connection> {
    const connection = new Connection(url.origin, await this.dialler.dial(url, { connectMs, signal }));
    connection.onClose(() => this.idle.remove(connection));
    return connection;
  }
}

function wireRequest(url: URL, { method, headers, body }: OutgoingRequest): WireRequest {
  const own = Object.entries(headers).filter(([name]) => !OWN_HEADERS.has(name.toLowerCase()));
  return {
    path: url.pathname + url.search,
    method,
    headers: { ...Object.fromEntries(own), 'accept-encoding': 'identity' },
    body,
  };
}
