import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Counter } from 'prom-client';
import { Clock } from '../platform/clock.js';
import { Log } from '../platform/logging/logger.js';
import { Metrics } from '../platform/metrics.js';
import { Config } from '../platform/settings/config.js';
import { TooManyRequests } from './accounts.errors.js';

const MINUTE_MS = 60_000;

/** The requests that an account had taken within the time, oldest first, in a ring. */
interface Taken {
  readonly at: Float64Array;
  oldest: number;
  count: number;
  /** When the operator was last told that there were more. */
  toldAt: number;
}

/**
 * RATE_LIMIT: so many requests of an account within any time of that length, and not twice as many about the edge of a window. Its subaccounts count with it.
 * What is refused is not counted, so whoever goes on too fast gets as much as is allowed. Kept by each process for itself, 8 bytes a request.
 */
@Injectable()
export class RateLimit {
  private readonly accounts = new Map<string, Taken>();
  private readonly rate: Config['http']['rateLimit'];
  private readonly policy: string;
  private readonly refused: Counter;

  constructor(
    config: Config,
    private readonly clock: Clock,
    private readonly log: Log,
    metrics: Metrics,
  ) {
    this.rate = config.http.rateLimit;
    this.policy = this.rate ? `"account";q=${this.rate.requests};w=${this.rate.seconds}` : '';
    this.refused = new Counter({
      name: 'masking_requests_rate_limited_total',
      help: 'Requests on /v1 refused with 429, because their account had sent more than RATE_LIMIT.',
      registers: [metrics.registry],
    });
  }

  /** Counts a request of the account, and says in the headers of the answer how many more there may be. Throws above the limit. */
  take(accountId: string, reply: FastifyReply): void {
    const { rate } = this;
    if (rate === null) return;
    const now = this.clock.now();
    const windowMs = rate.seconds * 1000;
    const taken = this.accounts.get(accountId) ?? this.first(accountId, rate.requests);
    forget(taken, now, windowMs);
    const isRefused = taken.count === rate.requests;
    if (!isRefused) {
      taken.at[(taken.oldest + taken.count) % rate.requests] = now;
      taken.count += 1;
    }
    // When the oldest is forgotten there may be one more.
    const waitSeconds = Math.ceil(((taken.at[taken.oldest] ?? now) + windowMs - now) / 1000);
    const left = rate.requests - taken.count;
    reply.header('ratelimit-policy', this.policy);
    reply.header('ratelimit', `"account";r=${left};t=${waitSeconds}`);
    reply.header('x-ratelimit-limit', rate.requests);
    reply.header('x-ratelimit-remaining', left);
    reply.header('x-ratelimit-reset', waitSeconds);
    if (!isRefused) return;
    this.refused.inc();
    this.tell(accountId, taken, now);
    throw new TooManyRequests(rate, waitSeconds);
  }

  private first(accountId: string, requests: number): Taken {
    const taken = { at: new Float64Array(requests), oldest: 0, count: 0, toldAt: Number.NEGATIVE_INFINITY };
    this.accounts.set(accountId, taken);
    return taken;
  }

  private tell(account: string, taken: Taken, now: number): void {
    if (Math.abs(now - taken.toldAt) < MINUTE_MS) return;
    taken.toldAt = now;
    this.log.warn('api.rate_limited', { account });
  }
}

function forget(taken: Taken, now: number, windowMs: number): void {
  const { at } = taken;
  const newest = at[(taken.oldest + taken.count - 1 + at.length) % at.length] ?? 0;
  // A wall clock that was set back begins anew.
  if (taken.count > 0 && newest > now) taken.count = 0;
  while (taken.count > 0 && (at[taken.oldest] ?? 0) <= now - windowMs) {
    taken.oldest = (taken.oldest + 1) % at.length;
    taken.count -= 1;
  }
}
