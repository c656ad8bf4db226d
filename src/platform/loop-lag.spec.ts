import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { LoopLag } from './loop-lag.js';

describe('how long a request may have waited to be read', () => {
  let lag: LoopLag;

  beforeEach(() => {
    jest.useFakeTimers();
    lag = new LoopLag();
  });
  afterEach(() => {
    lag.onModuleDestroy();
    jest.useRealTimers();
  });
  /** The loop is busy: time passes, and no timer runs. */
  const busy = (milliseconds: number): void => {
    const at = performance.now() + milliseconds;
    performance.now = () => at;
  };

  it('is nothing while the timers run', () => {
    jest.advanceTimersByTime(1_000);
    expect(lag.ms).toBe(0);
    jest.advanceTimersByTime(19);
    expect(lag.ms).toBe(0);
  });

  it('is as long as the process was busy, in this turn and in the one before', () => {
    jest.advanceTimersByTime(1_000);
    busy(300);
    expect(lag.ms).toBeGreaterThanOrEqual(280);
    expect(lag.ms).toBeLessThanOrEqual(300);
  });
});
