import { randomUUID } from 'node:crypto';
import { beforeAll, expect, it } from '@jest/globals';
import { describeOnEachService, type Service } from '../../../test/support/service.js';
import { FakeClock } from '../../../test/support/ground.js';
import { HOUR_MS } from '../../platform/clock.js';

interface Answered {
  items: { hour: string; outcomes: Record<string, number> }[];
  next_cursor: null;
}

describeOnEachService('GET /admin/stats/outcomes', (start) => {
  let service: Service;
  const clock = new FakeClock();

  beforeAll(async () => {
    service = await start({ clock, settings: { ROLE: 'api' } });
    await service.addNumbers(['14155550100']);
  });
  const asked = async (query = '') => (await service.admin<Answered>('GET', `/stats/outcomes${query}`)).body;

  it('counts a call once it is over, in the hour in which it came', async () => {
    const hour = new Date(Math.floor(clock.now() / HOUR_MS) * HOUR_MS).toISOString();
    const call = { CallUUID: randomUUID(), From: '14155550777', To: '14155550100', Direction: 'inbound' };
    await service.webhook('/answer', { ...call, CallStatus: 'ringing' });
    clock.advance(HOUR_MS);
    await service.webhook('/hangup', { ...call, Event: 'Hangup', CallStatus: 'failed' });
    const none = { connected: 0, 'no-answer': 0, busy: 0, declined: 0, failed: 0, abandoned: 0 };
    const answer = { items: [{ hour, outcomes: { ...none, refused: 1 } }], next_cursor: null };
    expect(await asked()).toEqual(answer);
    expect(await asked(`?account=${service.authId}`)).toEqual(answer);
    clock.advance(24 * HOUR_MS);
    expect(await asked()).toEqual({ items: [], next_cursor: null });
  });

  it.each([
    ['?from=2026-11-02&to=2026-11-10', 'from'],
    ['?from=2026-11-02&to=2026-11-02', 'from'],
    ['?time_zone=Mars/Olympus', 'time_zone'],
    [`?account=${'x'.repeat(21)}`, 'account'],
  ])('refuses %s, and says which is wrong', async (query, param) => {
    expect(await asked(query)).toMatchObject({ status: 400, param });
  });

  it('takes seven days, and knows no account that is not there', async () => {
    expect(await asked('?from=2026-11-02&to=2026-11-09')).toMatchObject({ items: [] });
    expect(await asked('?account=MAXXXXXXXXXXXXXXXXXX')).toMatchObject({ status: 404 });
  });
});
