import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { ALERT_TYPES, TEST_ALERT, type Alert, type AlertData } from './alert.js';
import { linkOf } from './alert-link.js';

const ID = '0e9b8f6a-2f0d-4c1e-8a57-5a4c3b2d1e0f';
const DATA: AlertData = { country: 'US', session: ID, receiver: ID, job: ID };
const HERE = { publicUrl: 'https://masking.example.com/base', operators: null };

const alert = (type: Alert['type'], account: string | null = 'MA1'): Alert => ({
  type,
  id: ID,
  at: '2026-01-05T12:00:00.000Z',
  account,
  data: DATA,
});

describe('the link of an alert', () => {
  it.each([
    ['pool.low', 'numbers?country=US&account=MA1'],
    ['pin.attack', `sessions/${ID}`],
    ['receiver.paused', `receivers/${ID}`],
    ['spend.cap', 'accounts/MA1'],
    ['webhooks.refused', 'webhooks?account=MA1'],
    ['job.parked', `jobs/${ID}`],
    ['plivo.unreachable', 'system'],
    ['recount.different', 'costs'],
    [TEST_ALERT, 'alerts'],
  ] as const)('%s leads to %s', (type, place) => {
    expect(linkOf(alert(type), HERE)).toBe(`https://masking.example.com/base/console#/${place}`);
  });

  it('leads to webhooks whose paths name no account where it is no account’s', () => {
    expect(linkOf(alert('webhooks.refused', null), HERE)).toMatch(/#\/webhooks\?account=unknown$/);
  });

  it('is a path alone where operators have a listener of their own', () => {
    const operators = { host: '127.0.0.1', port: 8421 };
    expect(linkOf(alert('receiver.paused'), { ...HERE, operators })).toBe(`/console#/receivers/${ID}`);
  });

  it('leads to pages that the console has', () => {
    const places = readFileSync(new URL('../console/places.ts', import.meta.url), 'utf8');
    const pages = [...places.matchAll(/path: '([a-z-]+)'/g)].map(([, path]) => path);
    for (const type of [...ALERT_TYPES, TEST_ALERT] as const)
      expect(pages).toContain(/#\/([a-z-]+)/.exec(linkOf(alert(type), HERE))?.[1]);
  });
});
