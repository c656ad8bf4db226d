import { beforeEach, describe, expect, it } from '@jest/globals';
import type { FastifyReply } from 'fastify';
import { FakeClock, testConfig } from '../../test/support/ground.js';
import { createLogger } from '../platform/logging/logger.js';
import { Metrics } from '../platform/metrics.js';
import { TooManyRequests } from './accounts.errors.js';
import { RateLimit } from './rate-limit.js';

describe('the rate limit of an account', () => {
  let clock: FakeClock;
  let limit: RateLimit;
  let metrics: Metrics;
  let lines: { msg?: string; account?: string }[];

  const limited = (setting: string): RateLimit => {
    const log = createLogger(
      { level: 'trace', format: 'json' },
      { write: (line: string) => void lines.push(JSON.parse(line)) },
    );
    return new RateLimit(testConfig({ RATE_LIMIT: setting }), clock, log, metrics);
  };
  beforeEach(() => {
    clock = new FakeClock();
    metrics = new Metrics();
    lines = [];
    limit = limited('3/10s');
  });

  const take = (accountId = 'A'): { headers: Record<string, unknown>; refusal: TooManyRequests | null } => {
    const headers: Record<string, unknown> = {};
    const reply = { header: (name: string, value: unknown) => (headers[name] = value) } as unknown as FastifyReply;
    try {
      limit.take(accountId, reply);
      return { headers, refusal: null };
    } catch (error) {
      return { headers, refusal: error as TooManyRequests };
    }
  };
  const isTaken = (accountId?: string): boolean => take(accountId).refusal === null;
  const takes = (count: number): boolean[] => Array.from({ length: count }, () => isTaken());

  it('takes so many and no more, of each account for itself', () => {
    expect(takes(4)).toEqual([true, true, true, false]);
    expect(isTaken('B')).toBe(true);
  });

  it('is no window with an edge: never more within any ten seconds', () => {
    expect(isTaken()).toBe(true);
    clock.advance(9_000);
    expect(takes(3)).toEqual([true, true, false]);
    clock.advance(999);
    expect(isTaken()).toBe(false);
    clock.advance(1);
    expect(takes(2)).toEqual([true, false]);
    clock.advance(8_999);
    expect(isTaken()).toBe(false);
    clock.advance(1);
    expect(takes(3)).toEqual([true, true, false]);
  });

  it('does not count what it refuses: who goes on too fast gets what is allowed', () => {
    let taken = 0;
    for (let n = 0; n < 1000; n += 1) {
      if (isTaken()) taken += 1;
      clock.advance(100);
    }
    expect(taken).toBe(30);
  });

  it('says what is left, and when there will be more', () => {
    expect(take().headers).toEqual({
      'ratelimit-policy': '"account";q=3;w=10',
      ratelimit: '"account";r=2;t=10',
      'x-ratelimit-limit': 3,
      'x-ratelimit-remaining': 2,
      'x-ratelimit-reset': 10,
    });
    clock.advance(4_500);
    takes(2);
    const { headers, refusal } = take();
    expect(headers).toMatchObject({
      ratelimit: '"account";r=0;t=6',
      'x-ratelimit-remaining': 0,
      'x-ratelimit-reset': 6,
    });
    expect(refusal).toMatchObject({ code: 'rate_limited', details: { retryAfterSeconds: 6 } });
    expect(refusal?.message).toBe('too many requests: expected at most 3 in 10 s, try again in 6 s');
    clock.advance(5_500);
    expect(isTaken()).toBe(true);
  });

  it('tells the operator once a minute and account, and counts', async () => {
    takes(10);
    expect(lines).toMatchObject([{ msg: 'api.rate_limited', account: 'A' }]);
    clock.advance(59_000);
    takes(10);
    expect(lines).toHaveLength(1);
    clock.advance(1_000);
    takes(10);
    expect(lines).toHaveLength(2);
    expect(await metrics.registry.getSingleMetric('masking_requests_rate_limited_total')?.get()).toMatchObject({
      values: [{ value: 7 + 7 + 10 }],
    });
  });

  it('begins anew when the clock is set back', () => {
    takes(4);
    clock.advance(-3_600_000);
    expect(takes(4)).toEqual([true, true, true, false]);
  });

  it('says nothing and refuses nobody when it is off', () => {
    metrics = new Metrics();
    limit = limited('off');
    for (let n = 0; n < 1000; n += 1) expect(take()).toEqual({ headers: {}, refusal: null });
  });
});
