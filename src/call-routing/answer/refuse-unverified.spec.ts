import { beforeAll, expect, it } from '@jest/globals';
import { FakeClock } from '../../../test/support/ground.js';
import { describeOnEachService, type Service } from '../../../test/support/service.js';
import { newId } from '../../platform/ids.js';

const AMY = '+14155550101';
const BEN = '+14155550102';
const VIRTUAL = '12025550001';
const NOBODYS = '0e9b8f6a-2f0d-4c1e-8a57-5a4c3b2d1e0f';
const SENTENCE = /^<Response><Speak [^>]+>Sorry, your call cannot be connected[^<]*<\/Speak><Hangup\/><\/Response>$/;

// Nothing has been asked of these services before, so they remember no token that could verify a signature.
describeOnEachService('a call while the database is away and no token is remembered', (start) => {
  let service: Service;
  let clock: FakeClock;

  beforeAll(async () => {
    clock = new FakeClock();
    service = await start({ clock, settings: { PROVIDER: 'simulator', SYNC_NUMBERS: 'false' } });
    await service.addNumbers([VIRTUAL]);
    const made = await service.sessions('POST', '/', { first_party: AMY, second_party: BEN });
    expect(made.status).toBe(201);
  });

  const control = (seconds: unknown) =>
    service.request('/simulator/control/database-away', { method: 'POST', as: null, body: { seconds } });
  const calling = (more: Record<string, string> = {}) => ({
    CallUUID: newId(),
    From: AMY,
    To: VIRTUAL,
    Direction: 'inbound',
    CallStatus: 'ringing',
    ...more,
  });

  it('is told in a sentence that it cannot be connected, wherever it is asked what to do', async () => {
    await control(60);
    for (const path of ['/answer', `/calls/${NOBODYS}/pin/1`, `/requests/${NOBODYS}/answer`]) {
      const { status, text, headers } = await service.webhook(path, calling());
      expect([path, status, headers['content-type']]).toEqual([path, 200, 'application/xml; charset=utf-8']);
      expect(text).toMatch(SENTENCE);
    }
    await control(0);
    expect((await service.webhook('/answer', calling())).text).toContain(`<Number>${BEN}</Number>`);
  });

  it('is refused where it ends, or where nobody has signed: Plivo repeats it', async () => {
    await control(60);
    const ends = [
      await service.webhook('/answer', calling({ Event: 'Hangup', CallStatus: 'completed' })),
      await service.webhook('/hangup', calling({ Event: 'Hangup', CallStatus: 'completed' })),
      await service.webhook('/answer', calling(), { headers: { 'x-plivo-signature-v3': '' } }),
    ];
    expect(ends.map(({ status }) => status)).toEqual([503, 503, 503]);
    await control(0);
  });

  it('is refused, once a token is remembered, if it was signed with another', async () => {
    // For five seconds after a token was set, nothing is.
    clock.advance(5_001);
    expect((await service.webhook('/answer', calling({ From: '+14155550199' }))).status).toBe(200);
    await control(60);
    expect((await service.webhook('/answer', calling(), { token: 'of-somebody-else' })).status).toBe(403);
    expect((await service.webhook('/answer', calling())).text).toMatch(SENTENCE);
    await control(0);
  });

  it('ends by itself, or when it is told to; more than a minute is refused', async () => {
    for (const seconds of [61, -1, '5', null]) expect((await control(seconds)).status).toBe(400);
    await control(0.2);
    const ready = async (): Promise<number> => (await service.request('/readyz', { as: null })).status;
    expect(await ready()).toBe(503);
    while ((await ready()) !== 200);
    expect((await service.sessions('GET', '/')).status).toBe(200);
  });
});
