import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { FakeClock } from '../../../test/support/ground.js';
import { describeOnEachService, type Service } from '../../../test/support/service.js';
import { newId } from '../../platform/ids.js';
import { RefusedWebhooks, signV2, signV3 } from '../../plivo/index.js';

const CALLER = '14155550101';
const NOBODY = 'MANOBODYNOBODYNOBODY';

interface Item {
  at: string;
  account: string | null;
  path: string;
  method: string;
  reason: string;
  signed_url: string;
  count: number;
}

describeOnEachService('refused webhooks in the admin API', (start) => {
  let service: Service;
  let refused: RefusedWebhooks;
  let clock: FakeClock;

  beforeAll(async () => {
    clock = new FakeClock();
    service = await start({ clock, settings: { ROLE: 'api' } });
    refused = service.app.get(RefusedWebhooks);
  });
  beforeEach(async () => {
    await refused.write();
    await service.dataSource.query('DELETE FROM refused_webhook');
    clock.advance(60_000);
  });

  const params = (): Record<string, string> => ({ CallUUID: newId(), From: CALLER, To: '12025550001' });
  const listed = async (query = ''): Promise<Item[]> =>
    (await service.admin<{ items: Item[] }>('GET', `/webhooks/refused${query}`)).body.items;
  const bare = (target: string, headers: Record<string, string> = {}, method = 'POST') =>
    service.request(target, {
      method,
      as: null,
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: method === 'POST' ? new URLSearchParams(params()).toString() : undefined,
    });
  const get = (path: string, query: Record<string, string>, token = service.authToken) => {
    const target = `/plivo/${service.authId}${path}?${new URLSearchParams(query).toString()}`;
    const nonce = newId();
    const signature = signV3({ method: 'GET', url: service.baseUrl + target, params: [], nonce, token });
    return service.request(target, {
      as: null,
      headers: { 'x-plivo-signature-v3': signature, 'x-plivo-signature-v3-nonce': nonce },
    });
  };
  const answer = () => `/plivo/${service.authId}/answer`;

  it('have their reason, and leave out all that could be a number or a token', async () => {
    const url = service.baseUrl + answer();
    expect((await bare(answer())).status).toBe(403);
    await bare(answer(), { 'x-plivo-signature-v2': signV2({ url, nonce: '1', token: service.authToken }) });
    await service.webhook('/answer', params(), { token: 'another' });
    await bare(`/plivo/${NOBODY}/answer?From=${CALLER}&${CALLER}=1`);
    await service.webhookList('/answer', [...Object.entries(params()), ['From', '14155550109']]);
    const nonce = newId();
    await service.webhook('/hangup', params(), { nonce });
    expect((await service.webhook('/hangup', params(), { nonce })).status).toBe(403);

    const at = new Date(clock.now()).toISOString();
    const own = { at, account: service.authId, path: answer(), method: 'POST', signed_url: url, count: 1 };
    const hangup = `/plivo/${service.authId}/hangup`;
    const items = await listed();
    expect(items).toHaveLength(6);
    expect(items).toEqual(
      expect.arrayContaining([
        { ...own, reason: 'no-signature' },
        { ...own, reason: 'v2-only' },
        { ...own, reason: 'wrong-signature' },
        { ...own, reason: 'repeated-parameter' },
        { ...own, path: hangup, signed_url: service.baseUrl + hangup, reason: 'nonce-reused' },
        {
          ...own,
          account: null,
          path: `/plivo/${NOBODY}/answer`,
          signed_url: `${service.baseUrl}/plivo/${NOBODY}/answer?From=…&…=…`,
          reason: 'unknown-account',
        },
      ]),
    );
    expect(JSON.stringify(items)).not.toContain(CALLER);
    expect(await listed(`?account=${service.authId}`)).toHaveLength(5);
    expect(await listed('?account=unknown')).toMatchObject([{ reason: 'unknown-account' }]);
    expect((await service.admin('GET', '/webhooks/refused?account=-')).status).toBe(400);
    expect((await service.request('/admin/webhooks/refused', { as: null })).status).toBe(401);

    const figures = (await service.request('/metrics', { as: null })).text;
    for (const { reason } of items) expect(figures).toContain(`signature_failures_total{reason="${reason}"}`);
  });

  it('name no call, session or invented account', async () => {
    await bare(`/plivo/${CALLER}/sessions/${newId()}/calls/${newId()}/dial-event`);
    expect(await listed()).toMatchObject([
      { account: null, path: '/plivo/:authId/sessions/:sessionId/calls/:callId/dial-event' },
    ]);
  });

  it('are counted together within a minute, and logged once for each account and reason', async () => {
    const before = service.logs().split('webhook.refused').length;
    for (let count = 0; count < 3; count++) await bare(answer());
    await bare(answer(), {}, 'PUT');
    clock.advance(60_000);
    await bare(answer());

    expect((await listed()).map(({ method, count }) => [method, count])).toEqual(
      expect.arrayContaining([
        ['POST', 1],
        ['POST', 3],
        ['other', 1],
      ]),
    );
    expect(service.logs().split('webhook.refused').length - before).toBe(2);
  });

  it('are added to what this and other processes have written', async () => {
    await bare(answer());
    await refused.write();
    await bare(answer());
    expect(await listed()).toMatchObject([{ count: 2 }]);
  });

  it('cost no statement each', async () => {
    await bare(answer());
    const rows = await service.dataSource.query<{ count: number }[]>('SELECT count FROM refused_webhook');
    expect(rows).toEqual([]);
  });

  it('of known accounts are not pushed out by a flood of invented ones, and 200 of each are kept', async () => {
    await bare(answer());
    const one = { path: '/x', method: 'POST', signedUrl: 'https://x/x', reason: 'unknown-account' as const };
    for (let index = 0; index < 1000; index++) refused.note({ ...one, accountId: '', path: `/x/${index}` });
    expect(await listed()).toHaveLength(200);
    expect(await listed()).toContainEqual(expect.objectContaining({ account: service.authId }));

    for (let minute = 0; minute < 205; minute++) {
      clock.advance(60_000);
      await bare(answer());
    }
    const items = await listed(`?account=${service.authId}`);
    expect(items).toHaveLength(200);
    expect(items[0]?.at).toBe(new Date(clock.now()).toISOString());
    const [kept] = await service.dataSource.query<{ n: unknown }[]>(
      "SELECT COUNT(*) AS n FROM refused_webhook WHERE account_id <> ''",
    );
    expect(Number(kept?.n)).toBe(200);
  });

  it('are none where a GET is signed, on every route for webhooks', async () => {
    const routes = new Set(service.routes.map(({ url }) => url).filter((url) => url.startsWith('/plivo/:authId')));
    expect(routes.size).toBeGreaterThan(8);
    for (const route of routes) {
      const path = route
        .replace('/plivo/:authId', '')
        .replace(':attempt', '1')
        .replace(/:\w+/g, () => newId());
      const { status } = await get(path, { ...params(), Direction: 'inbound', CallStatus: 'ringing' });
      expect([route, status]).not.toEqual([route, 403]);
    }
    expect(await listed()).toEqual([]);
    expect((await get('/answer', params())).text).toContain('<Response>');
    expect((await get('/answer', params(), 'another')).status).toBe(403);
    const target = `/plivo/${service.authId}/answer?CallUUID=${newId()}&From=1&From=2`;
    const signature = signV3({
      method: 'GET',
      url: service.baseUrl + target,
      params: [],
      nonce: '7',
      token: service.authToken,
    });
    await service.request(target, {
      as: null,
      headers: { 'x-plivo-signature-v3': signature, 'x-plivo-signature-v3-nonce': '7' },
    });
    expect((await listed()).map(({ reason }) => reason).sort()).toEqual(['repeated-parameter', 'wrong-signature']);
  });
});
