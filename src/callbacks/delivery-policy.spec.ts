import { describe, expect, it } from '@jest/globals';
import type { Exchange } from '../platform/outgoing/outgoing.js';
import { deliveryPolicy, outcomeWord, verdictOn, type Verdict } from './delivery-policy.js';

const PLAIN = deliveryPolicy('https://example.com/hook');
const answered = (status: number, retryAfterSeconds: number | null = null): Exchange => ({
  kind: 'answered',
  status,
  retryAfterSeconds,
  body: Buffer.alloc(0),
  durationMs: 1,
});
const failed = (error: Extract<Exchange, { kind: 'failed' }>['error']): Exchange => ({
  kind: 'failed',
  error,
  durationMs: 1,
});
const secondsOf = (verdict: Verdict): number => (verdict.kind === 'retry' ? verdict.seconds : Number.NaN);

describe('the schedule of a callback', () => {
  it('is ten attempts within about 75 hours, each delay a fifth more or less', () => {
    const delays = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400];
    for (const [index, delay] of delays.entries()) {
      const seen = Array.from({ length: 2000 }, () => secondsOf(verdictOn(answered(500), PLAIN, index + 1)));
      expect(Math.min(...seen)).toBeGreaterThanOrEqual(delay * 0.8);
      expect(Math.max(...seen)).toBeLessThanOrEqual(delay * 1.2);
      // Spread over the band, not gathered at an end of it: each fifth has its share.
      const inFifths = [0, 0, 0, 0, 0];
      for (const value of seen) {
        const fifth = Math.min(4, Math.floor((value / delay - 0.8) / 0.08));
        inFifths[fifth] = (inFifths[fifth] ?? 0) + 1;
      }
      for (const share of inFifths) expect(Math.abs(share - 400)).toBeLessThan(100);
    }
    expect(delays.reduce((sum, delay) => sum + delay, 0) / 3600).toBeCloseTo(75.58, 1);
    expect(verdictOn(answered(500), PLAIN, 10)).toEqual({ kind: 'park' });
  });

  it.each([200, 201, 204, 299])('ends well with %i', (status) => {
    expect(verdictOn(answered(status), PLAIN, 1)).toEqual({ kind: 'delivered' });
  });

  it.each([199, 300, 301, 302, 304, 307, 400, 401, 404, 408, 429, 500, 502, 503])('goes on after %i', (status) => {
    expect(verdictOn(answered(status), PLAIN, 1).kind).toBe('retry');
  });

  it.each(['dns', 'connect', 'connect-timeout', 'tls', 'reset', 'timeout', 'protocol', 'aborted'] as const)(
    'goes on after a failure by %s',
    (error) => {
      expect(verdictOn(failed(error), PLAIN, 1).kind).toBe('retry');
    },
  );

  it('ends at once where the receiver is gone or must not be asked', () => {
    for (const exchange of [answered(410), failed('refused-url'), failed('refused-address')])
      expect(verdictOn(exchange, PLAIN, 1)).toEqual({ kind: 'park' });
  });

  it('waits as long as Retry-After asks for, a day at most, and never shorter than it would anyway', () => {
    const half = (): number => 0.5;
    expect(verdictOn(answered(429, 60), PLAIN, 1, half)).toEqual({ kind: 'retry', seconds: 60 });
    expect(verdictOn(answered(503, 1), PLAIN, 2, half)).toEqual({ kind: 'retry', seconds: 300 });
    expect(verdictOn(answered(503, 10_000_000), PLAIN, 1, half)).toEqual({ kind: 'retry', seconds: 86_400 });
    for (const [chance, seconds] of [
      [0, 4],
      [0.5, 5],
      [1, 6],
    ] as const)
      expect(secondsOf(verdictOn(answered(500), PLAIN, 1, () => chance))).toBeCloseTo(seconds, 9);
  });
});

describe('an attempt in a word', () => {
  it('is the status of the answer or the class of the failure', () => {
    expect(outcomeWord(answered(503))).toBe('503');
    expect(outcomeWord(failed('connect-timeout'))).toBe('connect-timeout');
  });
});

describe('the fragment of a URL', () => {
  it('may be missing: 5 s to connect, 15 s for the answer and in all, our own schedule, every failure repeated', () => {
    expect(PLAIN).toEqual({ connectMs: 5000, readMs: 15_000, totalMs: 15_000, maxTries: null, repeats: null });
  });

  it.each([
    ['ct=100', { connectMs: 100 }],
    ['ct=10000', { connectMs: 10_000 }],
    ['rt=100', { readMs: 100 }],
    ['rt=40000', { readMs: 15_000 }],
    ['tt=100', { connectMs: 100, readMs: 100, totalMs: 100 }],
    ['tt=55000', { totalMs: 15_000 }],
    ['tt=3000', { connectMs: 3000, readMs: 3000, totalMs: 3000 }],
    ['rc=5', { maxTries: 6 }],
  ])('takes %s, and no part lasts longer than the whole', (fragment, expected) => {
    expect(deliveryPolicy(`https://example.com/hook#${fragment}`)).toEqual({ ...PLAIN, ...expected });
  });

  it.each(['ct=99', 'ct=10001', 'rt=99', 'rt=40001', 'tt=99', 'tt=55001', 'rc=6'])(
    'does not take %s, which is beyond what it may be',
    (fragment) => {
      expect(deliveryPolicy(`https://example.com/hook#${fragment}`)).toEqual(PLAIN);
    },
  );

  it.each([
    ['4xx', ['404', '429']],
    ['5xx', ['500', '503']],
    ['ct', ['dns', 'connect', 'connect-timeout', 'tls']],
    ['rt', ['reset', 'timeout', 'protocol', 'aborted']],
  ])('with rp=%s has that class repeated and no other', (name, repeated) => {
    const policy = deliveryPolicy(`https://example.com/hook#rp=${name}`);
    const all = [404, 429, 500, 503].map((status) => answered(status));
    for (const error of [
      'dns',
      'connect',
      'connect-timeout',
      'tls',
      'reset',
      'timeout',
      'protocol',
      'aborted',
    ] as const)
      all.push(failed(error));

    const goesOn = all.filter((exchange) => verdictOn(exchange, policy, 1).kind === 'retry').map(outcomeWord);
    expect(goesOn).toEqual(repeated);
  });

  it('sets the times, never beyond 15 s', () => {
    expect(deliveryPolicy('https://example.com/#ct=200&rt=3000&tt=9000')).toMatchObject({
      connectMs: 200,
      readMs: 3000,
      totalMs: 9000,
    });
    expect(deliveryPolicy('https://example.com/#ct=10000&rt=40000&tt=55000')).toMatchObject({
      connectMs: 10_000,
      readMs: 15_000,
      totalMs: 15_000,
    });
  });

  it.each(['ct=99', 'ct=10001', 'rt=abc', 'tt=-5', 'rc=6', 'rc=1e0', 'er=eu', 'rp=never', '%E0%A4%A'])(
    'with %s counts as without it',
    (fragment) => {
      expect(deliveryPolicy(`https://example.com/hook#${fragment}`)).toEqual(PLAIN);
    },
  );

  it('sets how often is repeated: 0 is one attempt', () => {
    expect(verdictOn(answered(500), deliveryPolicy('https://example.com/#rc=0'), 1)).toEqual({ kind: 'park' });
    const twice = deliveryPolicy('https://example.com/#rc=2');
    expect([1, 2, 3].map((tries) => verdictOn(answered(500), twice, tries).kind)).toEqual(['retry', 'retry', 'park']);
  });

  it('sets what is repeated', () => {
    const policy = deliveryPolicy('https://example.com/#rc=5&rp=5xx,ct');
    expect(verdictOn(answered(502), policy, 1).kind).toBe('retry');
    expect(verdictOn(failed('connect'), policy, 1).kind).toBe('retry');
    expect(verdictOn(failed('timeout'), policy, 1).kind).toBe('park');
    expect(verdictOn(answered(404), policy, 1).kind).toBe('park');
    expect(verdictOn(answered(404), deliveryPolicy('https://example.com/#rp=5xx,all'), 1).kind).toBe('retry');
  });
});
