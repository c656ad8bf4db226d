import { beforeAll, expect, it } from '@jest/globals';
import { request } from 'undici';
import { describeOnEachService, type Service } from './support/service.js';
import { simulatedPlivo } from './support/simulated-plivo.js';

const [ASHA, RAVI] = ['+14155550123', '+442079460958'];
const EVENTS = '/simulator/control/events';

describeOnEachService('the simulator, watched', (start) => {
  let service: Service;

  beforeAll(async () => {
    service = await start({ settings: { PROVIDER: 'simulator' } });
  });

  const { act, call, control, ringing, settled } = simulatedPlivo(() => service);

  it('says at once that it listens, then that something has changed, until the listener goes', async () => {
    const leave = new AbortController();
    const { statusCode, headers, body } = await request(service.baseUrl + EVENTS, { signal: leave.signal });
    expect([statusCode, headers['content-type'], headers['cache-control']]).toEqual([
      200,
      'text/event-stream; charset=utf-8',
      'no-store',
    ]);
    const chunks = body[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    const next = async (): Promise<string> => String((await chunks.next()).value);
    expect(await next()).toBe(': listening\n\n');
    await control('POST', '/clock', { advance_seconds: 1 });
    expect(await next()).toMatch(/^event: change\ndata: \{"at":"\d{4}-[^"]+Z"\}\n\n$/);
    leave.abort();
  });

  it('tells nothing to a page of another site', async () => {
    for (const path of [EVENTS, '/simulator/control/demo-account'])
      for (const headers of [
        { origin: 'https://evil.example' },
        { 'sec-fetch-site': 'cross-site' },
        { host: 'evil.example' },
      ] as Record<string, string>[])
        expect((await service.request(path, { as: null, headers })).status).toBe(403);
  });

  it("keeps an owner's credentials to itself", async () => {
    const answer = await service.request('/simulator/control/demo-account', { as: null });
    expect([answer.status, answer.body['code']]).toEqual([404, 'own_account']);
    expect(answer.text).not.toContain(service.authToken);
  });

  it('says of each webhook whether its signature is right, and how long its answer took', async () => {
    const made = await service.sessions<{ virtual_number: string }>('POST', '/', {
      first_party: ASHA,
      second_party: RAVI,
    });
    interface View {
      webhooks: { kind: string; is_signed: boolean | null; tries: { ms: number }[] }[];
    }
    await control('POST', '/faults', { bad_signature: ['hangup'] });
    const uuid = await call(ASHA, made.body.virtual_number);
    await ringing(RAVI);
    await act(RAVI, 'decline');
    const { webhooks } = await settled<View>(uuid);
    await control('DELETE', '/faults');

    expect(webhooks.length).toBeGreaterThan(2);
    for (const { kind, is_signed, tries } of webhooks) {
      expect([kind, is_signed]).toEqual([kind, kind !== 'hangup']);
      for (const { ms } of tries) expect(ms).toBeGreaterThan(0);
    }
  });

  it('lets go of its listeners when it ends', async () => {
    const { body } = await request(service.baseUrl + EVENTS);
    const text = body.text();
    const begun = performance.now();
    await service.app.close();
    expect(await text).toContain(': listening');
    expect(performance.now() - begun).toBeLessThan(5000);
  });
});
