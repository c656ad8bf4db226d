import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Turns } from './turns.js';

describe('the wait for a turn', () => {
  let turns: Turns;
  const join = (count: number): void => {
    for (let n = 0; n < count; n += 1) turns.join();
  };
  /** Each takes a turn, and ends it after as long as it needs. */
  const serve = (count: number, eachMs: number): void => {
    for (let n = 0; n < count; n += 1) {
      turns.leave();
      jest.advanceTimersByTime(eachMs);
      turns.end(1);
    }
  };

  beforeEach(() => {
    jest.useFakeTimers();
    turns = new Turns();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('is none where nobody waits, and a millisecond for each that does until more is known', () => {
    expect(turns.waitMs).toBe(0);
    join(40);
    expect(turns.waitMs).toBe(40);
  });

  it('is as long as those before it took, once some sixty have been seen', () => {
    join(1000);
    serve(65, 4);
    expect(turns.waitMs).toBe(935 * 2.5);
    serve(64 * 6, 4);
    expect(turns.waitMs / 551).toBeCloseTo(4, 1);
  });

  it('follows what becomes quicker', () => {
    join(1000);
    serve(1 + 64 * 6, 8);
    serve(64 * 6, 1);
    expect(turns.waitMs / 231).toBeCloseTo(1, 0);
  });

  it('does not count the time in which nobody waited', () => {
    join(30);
    serve(30, 2);
    jest.advanceTimersByTime(60_000);
    join(200);
    serve(65, 2);
    expect(turns.waitMs / 135).toBe(1.5);
  });

  it('counts those that are committed together one by one', () => {
    join(320);
    for (let commit = 0; commit < 5; commit += 1) {
      for (let n = 0; n < 32; n += 1) turns.leave();
      jest.advanceTimersByTime(96);
      turns.end(32);
    }
    expect(turns.waitMs / 160).toBe(2.5);
  });

  it('is forgotten as the queue runs empty: a figure too high would let nobody in who could mend it', () => {
    join(200);
    serve(199, 100);
    expect(turns.waitMs).toBeGreaterThan(80);
    for (let n = 0; n < 50; n += 1) {
      turns.leave();
      turns.join();
    }
    expect(turns.waitMs).toBe(1);
  });
});
