import { describe, expect, it } from '@jest/globals';
import { ProviderBusy } from './plivo.errors.js';
import { RequestBudget } from './request-budget.js';

describe('the budget of requests to Plivo', () => {
  it('keeps any five seconds below 300 requests, however many are asked for', () => {
    let now = 0;
    const budget = new RequestBudget(() => now);
    const sentAt: number[] = [];
    for (let index = 0; index < 5000; index += 1) {
      try {
        sentAt.push(now + budget.take('MA', index % 3 === 0 ? 'urgent' : 'patient'));
      } catch (error) {
        expect(error).toBeInstanceOf(ProviderBusy);
        now += 1000;
      }
    }
    sentAt.sort((one, other) => one - other);
    const most = Math.max(
      ...sentAt.map((at, first) => sentAt.slice(first).filter((later) => later < at + 5000).length),
    );
    expect(most).toBeGreaterThan(150);
    expect(most).toBeLessThan(300);
  });

  it('lets what is urgent pass at once where what is patient waits', () => {
    const budget = new RequestBudget(() => 0);
    for (let index = 0; index < 26; index += 1) expect(budget.take('MA', 'patient')).toBe(0);

    expect(budget.take('MA', 'urgent')).toBe(0);
    expect(budget.take('MA', 'patient')).toBeGreaterThan(0);
  });

  it('counts each account by itself', () => {
    const budget = new RequestBudget(() => 0);
    for (let index = 0; index < 40; index += 1) budget.take('MA1', 'urgent');

    expect(budget.take('MA1', 'urgent')).toBeGreaterThan(0);
    expect(budget.take('MA2', 'urgent')).toBe(0);
  });
});
