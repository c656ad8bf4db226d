import { describe, expect, it } from '@jest/globals';
import { parseCaller } from '../../telephony/phone.js';
import { planDay } from './plan-day.js';

describe('a planned day', () => {
  const asked = { seed: 7, sessions: 200, hours: 24 };
  const day = planDay(asked);

  it('is the same for the same seed, and another for another', () => {
    expect(planDay(asked)).toEqual(day);
    expect(planDay({ ...asked, seed: 8 })).not.toEqual(day);
  });

  it('has its sessions in their order, within the day, and calls within the life of their session', () => {
    expect(day).toHaveLength(200);
    for (const [place, { at, expirySeconds, calls }] of day.entries()) {
      expect(at).toBeGreaterThanOrEqual(day[place - 1]?.at ?? 0);
      expect(at).toBeLessThan(24 * 3600);
      for (const call of calls) expect(call.at > at && call.at < at + expirySeconds).toBe(true);
    }
  });

  it('is busier in the evening than at night', () => {
    const within = (from: number, to: number) => day.filter(({ at }) => at >= from * 3600 && at < to * 3600).length;
    expect(within(17, 20)).toBeGreaterThan(3 * within(1, 4));
  });

  it('has real numbers of nobody, and every way a call can end', () => {
    for (const { courier, customer } of day) {
      for (const number of [courier, customer]) expect(parseCaller(number)).toBe(number.slice(1));
      expect(courier).toMatch(/^\+1\d{3}55501\d\d$/);
      expect(customer).toMatch(/^\+1\d{3}55501\d\d$/);
    }
    const calls = day.flatMap((session) => session.calls);
    expect(new Set(calls.map(({ ends }) => ends)).size).toBe(5);
    expect(new Set(calls.map(({ who }) => who))).toEqual(new Set(['courier', 'customer', 'stranger']));
  });
});
