import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { AUTH_ID, describeOnEachService, type Service } from './support/service.js';
import { simulatedPlivo } from './support/simulated-plivo.js';

const [ASHA, RAVI, STRANGER] = ['+14155550123', '+14155550124', '+14155550177'];
const KEY = 'k3y-of-the-hotline';

interface CallView {
  legs: { billed_duration: number; hangup_cause_code: number | null }[];
  webhooks: { kind: string; url: string; status: number | null }[];
  documents: { xml: string }[];
}

// A number that serves a hotline beside the sessions: callers whom no session claims go on to the hotline's own server.
describeOnEachService('a call that no session claims', (start) => {
  let service: Service;
  let hotline: Server;
  let asked: URLSearchParams[];
  let virtualNumber = '';

  const { act, advance, bridged, ringing, ...plivo } = simulatedPlivo(() => service);
  const settled = (uuid: string) => plivo.settled<CallView>(uuid);
  const setUrl = (url: string | null) => service.admin('PATCH', `/accounts/${AUTH_ID}/settings`, { unrouted_url: url });
  const route = async (caller: string) =>
    (await service.admin('GET', `/route?virtual_number=${virtualNumber.slice(1)}&caller=${encodeURIComponent(caller)}`))
      .body;

  beforeAll(async () => {
    asked = [];
    hotline = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        asked.push(new URLSearchParams(body));
        response.setHeader('content-type', 'application/xml');
        response.end('<Response><Speak>Welcome to the hotline.</Speak><Wait length="90"/><Hangup/></Response>');
      });
    });
    hotline.listen(0, '127.0.0.1');
    await once(hotline, 'listening');
    service = await start({ settings: { PROVIDER: 'simulator' } });
    const session = await service.sessions<{ virtual_number: string }>('POST', '/', {
      first_party: ASHA,
      second_party: RAVI,
    });
    virtualNumber = session.body.virtual_number;
    expect((await setUrl(`http://127.0.0.1:${(hotline.address() as AddressInfo).port}/in?key=${KEY}`)).status).toBe(
      200,
    );
  });
  afterAll(() => void hotline.close());

  it('goes on to the hotline, which answers it; its end is taken down, and it is a refused call', async () => {
    const uuid = await plivo.call(STRANGER, virtualNumber);
    await plivo.control('GET', `/calls/${uuid}?wait_for=answered&timeout=20`);
    await advance(90);
    const bill = await settled(uuid);

    expect(asked).toHaveLength(1);
    expect(asked[0]?.get('CallUUID')).toBe(uuid);
    expect(bill.documents.map(({ xml }) => /<(\w+)[ >]/.exec(xml.replace('<Response>', ''))?.[1])).toEqual([
      'Redirect',
      'Speak',
    ]);
    expect(bill.legs).toMatchObject([{ billed_duration: 120 }]);
    expect(bill.webhooks.map(({ kind, status }) => [kind, status])).toEqual([
      ['answer', 200],
      ['redirect', 200],
      ['hangup', 200],
    ]);
    const shown = await service.admin<{
      decision: string;
      outcome: string;
      reason: string;
      session_uuid: string | null;
    }>('GET', `/calls/${uuid}`);
    expect(shown.body).toMatchObject({
      decision: 'redirect',
      session_uuid: null,
      outcome: 'refused',
      reason:
        "refused: the caller is not registered for this number; the call is handed on to the account's unrouted_url",
    });
  });

  it('is told in a dry run, and a party that calls is connected as ever', async () => {
    expect(await route(STRANGER)).toMatchObject({
      decision: 'redirect',
      session_uuid: null,
      dial: null,
      reason: expect.stringContaining('unrouted_url'),
    });
    expect(await route('anonymous')).toMatchObject({ decision: 'redirect' });
    expect(await route(ASHA)).toMatchObject({ decision: 'connect' });
    const uuid = await plivo.call(ASHA, virtualNumber);
    await ringing(RAVI);
    await act(RAVI, 'answer');
    await bridged(uuid);
    await act(RAVI, 'hangup');
    await settled(uuid);
    expect(asked).toHaveLength(1);
  });

  it('is refused unanswered again once the URL is taken away', async () => {
    await setUrl(null);
    expect(await route(STRANGER)).toMatchObject({ decision: 'refuse' });
    const bill = await settled(await plivo.call(STRANGER, virtualNumber));
    expect(bill.legs).toMatchObject([{ billed_duration: 0 }]);
    expect(asked).toHaveLength(1);
  });

  it('leaves no trace of the URL in the log', () => {
    expect(service.logs()).toContain('http.request');
    expect(service.logs()).not.toContain(KEY);
  });
});
