import { describe, expect, it } from '@jest/globals';
import { Clock } from '../platform/clock.js';
import { billedSeconds, costOf, isRate, rateWithFivePlaces } from './calls/billing.js';
import { consoleTime, isTimeZoneOffset, recordTime, utcMicroseconds } from './calls/console-time.js';
import { Faults, NO_FAULTS } from './rules/faults.js';
import { Timers } from './rules/timers.js';
import { Lane } from './webhooks/lane.js';
import { readTarget } from './webhooks/webhook-target.js';

class StoppedClock extends Clock {
  private at = 1_000_000;
  override now(): number {
    return this.at;
  }
  override advance(milliseconds: number): void {
    this.at += milliseconds;
  }
}

describe('billing', () => {
  it.each([
    [false, 0, 0],
    [true, 0, 60],
    [true, 60, 60],
    [true, 61, 120],
    [true, 66, 120],
  ])('rounds up to whole minutes from the answer (answered %s, %d s: %d s)', (isAnswered, duration, billed) => {
    expect(billedSeconds(isAnswered, duration)).toBe(billed);
  });

  it.each([
    [960, '0.00850', '0.13600'],
    [120, '0.005', '0.01000'],
    [60, '0.000005', '0.00001'],
    [180, '0.01781', '0.05343'],
    [0, '0.0120', '0.00000'],
  ])('gives %d s at %s exactly', (seconds, rate, cost) => {
    expect(costOf(seconds, rate)).toBe(cost);
  });

  it('knows what a rate is', () => {
    expect(rateWithFivePlaces('0.0085')).toBe('0.00850');
    expect(['0.0085', '1', '12.5'].every(isRate)).toBe(true);
    expect(['', '-1', '1e3', '0.1234567', '.5'].some(isRate)).toBe(false);
  });
});

describe('times', () => {
  const at = Date.UTC(2026, 0, 31, 20, 15, 9, 42);

  it('writes SessionStart in UTC with microseconds and the others in the zone of the console', () => {
    expect(utcMicroseconds(at)).toBe('2026-01-31 20:15:09.042000');
    expect(consoleTime(at, '+05:30')).toBe('2026-02-01 01:45:09');
    expect(consoleTime(at, '-08:00')).toBe('2026-01-31 12:15:09');
    expect(consoleTime(null, '+05:30')).toBe('');
    expect(recordTime(at, '+05:30')).toBe('2026-02-01 01:45:09+05:30');
    expect(recordTime(null, '+05:30')).toBeNull();
  });

  it('knows what an offset is', () => {
    expect(['+00:00', '-03:30', '+14:00'].every(isTimeZoneOffset)).toBe(true);
    expect(['', 'Z', '5:30', '+15:00', '+05:60'].some(isTimeZoneOffset)).toBe(false);
  });
});

describe('a webhook URL', () => {
  it.each([
    ['stripped', 'http://a.example/x', 'http://a.example/x', 3],
    ['signed', 'http://a.example/x', 'http://a.example/x%23rc=3&rp=all', 1],
    ['sent', 'http://a.example/x%23rc=3&rp=all', 'http://a.example/x%23rc=3&rp=all', 1],
  ] as const)('whose fragment is %s: %s, signed over %s', (habit, url, signedUrl, retries) => {
    expect(readTarget('http://a.example/x#rc=3&rp=all', habit)).toMatchObject({ url, signedUrl, retries });
    expect(readTarget('http://a.example/x', habit)).toMatchObject({
      url: 'http://a.example/x',
      signedUrl: 'http://a.example/x',
    });
  });

  it('with a fragment is none where they are refused', () => {
    expect(readTarget('http://a.example/x#rc=3', 'refused')).toBeNull();
    expect(readTarget('http://a.example/x', 'refused')).toMatchObject({ url: 'http://a.example/x' });
  });

  it('loses its fragment, which sets time-outs and retries', () => {
    const target = readTarget('http://a.example/x?y=1#ct=500&rt=900&tt=1000&rc=3&rp=all');
    expect(target).toMatchObject({ url: 'http://a.example/x?y=1', connectTimeoutMs: 500, readTimeoutMs: 900 });
    expect(target).toMatchObject({ totalTimeoutMs: 1000, retries: 3 });
    expect([...(target?.retryOn ?? [])]).toEqual(['4xx', '5xx', 'ct', 'rt']);
  });

  it('is retried once and after time-outs only unless it says otherwise', () => {
    const target = readTarget('http://a.example/x#rc=6&rt=50');
    expect(target).toMatchObject({ retries: 1, readTimeoutMs: 40_000, connectTimeoutMs: 2000 });
    expect([...(target?.retryOn ?? [])]).toEqual(['ct', 'rt']);
    expect([...(readTarget('http://a.example#rp=5xx,rt')?.retryOn ?? [])]).toEqual(['5xx', 'rt']);
  });

  it.each(['', '/relative', 'ftp://a.example', 'javascript:alert(1)', 'http://'])('is not %p', (text) => {
    expect(readTarget(text)).toBeNull();
  });
});

describe('timers', () => {
  it('run in due order, then in order of creation, and not before their time', () => {
    const clock = new StoppedClock();
    const timers = new Timers(clock);
    const ran: string[] = [];
    timers.after(20, () => ran.push('late'));
    timers.after(10, () => ran.push('first'));
    timers.after(10, () => ran.push('second'));
    timers.after(15, () => ran.push('cancelled')).cancel();
    expect(timers.runNext()).toBe(false);
    clock.advance(20);
    while (timers.runNext());
    timers.close();
    expect(ran).toEqual(['first', 'second', 'late']);
  });

  it('fire on real time without anybody advancing the clock', async () => {
    const timers = new Timers(new Clock());
    await timers.sleep(5);
    timers.close();
    expect(timers.nextDueAt()).toBeNull();
  });
});

describe('faults', () => {
  const fates = (seed: number) => {
    const faults = new Faults(7);
    faults.replace({ ...NO_FAULTS, lose: 0.5, duplicate: 0.2 }, seed);
    return Array.from({ length: 64 }, () => faults.fateOf('hangup'));
  };

  it('repeat with the same seed and differ with another', () => {
    expect(fates(3)).toEqual(fates(3));
    expect(fates(3)).not.toEqual(fates(4));
    expect(fates(3).filter(({ isLost }) => isLost).length).toBeGreaterThan(16);
    expect(fates(3).filter(({ isLost }) => isLost).length).toBeLessThan(48);
  });

  it('strike the named kinds of webhook only', () => {
    const faults = new Faults(1);
    faults.replace({ ...NO_FAULTS, lose: ['hangup'] }, null);
    expect(faults.fateOf('hangup').isLost).toBe(true);
    expect(faults.fateOf('answer').isLost).toBe(false);
  });
});

describe('the lane of a call', () => {
  it('lets the next webhook go once the one before has left, and then the one that was held back', async () => {
    const lane = new Lane();
    const gone: string[] = [];
    const first = lane.enter();
    const second = lane.enter();
    void second.turn.then(() => gone.push('second'));
    void lane.overtaken().then(() => gone.push('held'));
    await first.turn;
    expect(gone).toEqual([]);
    first.leave();
    await second.turn;
    await Promise.resolve();
    expect(gone.toSorted()).toEqual(['held', 'second']);
  });
});
