import { beforeAll, describe, expect, it } from '@jest/globals';
import { ReadStats } from '../src/billing-stats/index.js';
import { Recording } from '../src/recording/recording.entity.js';
import { ELSEWHERE, fromElsewhere } from './support/elsewhere.js';
import { describeOnEachService, type Service } from './support/service.js';

const NOBODY = '0e9b8f6a-2f0d-4c1e-8a57-5a4c3b2d1e0f';
const FOREIGN_ACCOUNT = 'MAXXXXXXXXXXXXXXXXXX';
const ROLES = ['viewer', 'support', 'finance', 'admin'] as const;
type Role = (typeof ROLES)[number];

interface Operation {
  method: string;
  path: string;
  mayAsk: Role[] | undefined;
}

/** What the roles mean, said once more and otherwise: by method and path. */
const SUPPORT_DOES = /\/(end|extend|replay|retry|resume|find)$/;
/** Whoever has a token may log in with it, out, and hear that something has changed. */
const EVERYBODY_DOES = /^\/admin\/(?:login|logout|events)$/;
/** Listening, and reading what somebody wrote, is like seeing a number: not for who only reads. */
const IS_HEARD = /\/(?:sound|text)$/;
/** Never ends by itself: test/console-events.e2e-spec.ts. */
const STREAM = '/admin/events';
/** Its body is the token: test/console-login.e2e-spec.ts. */
const LOGIN = '/admin/login';
/** Beside what it reads. */
const FINANCE_DOES = /^\/admin\/invoices\/compare$/;
const FINANCE_READS = /^\/admin\/(stats|calls|messages|me$|accounts\/\{auth_id\}\/spend$)/;

/** A read that makes signatures. */
const SUPPORT_READS = '/admin/callbacks/listen';

function ought(role: Role, { method, path }: Operation): boolean {
  const isRead = method === 'GET';
  if (role === 'admin' || EVERYBODY_DOES.test(path)) return true;
  if (IS_HEARD.test(path)) return role === 'support';
  if (role === 'finance') return isRead ? FINANCE_READS.test(path) : FINANCE_DOES.test(path);
  if (path === SUPPORT_READS) return role === 'support';
  return isRead || (role === 'support' && method === 'POST' && SUPPORT_DOES.test(path));
}

/** From the OpenAPI document, so that a new route is tried without being written here. */
describeOnEachService('roles', (start) => {
  let service: Service;
  let operations: Operation[];
  const tokens = new Map<Role, string>();

  beforeAll(async () => {
    service = await start({ settings: { ROLE: 'api', ...ELSEWHERE } });
    const document = await service.request<{ paths: Record<string, Record<string, { 'x-roles'?: Role[] }>> }>(
      '/openapi.json',
    );
    operations = Object.entries(document.body.paths)
      .filter(([path]) => path.startsWith('/admin'))
      .flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, operation]) => ({
          method: method.toUpperCase(),
          path,
          mayAsk: operation['x-roles'],
        })),
      )
      .filter(({ method }) => method !== 'HEAD');
    for (const role of ROLES) {
      const made = await service.admin('POST', '/operators', { name: `the ${role}`, role });
      tokens.set(role, String(made.body['token']));
    }
  });

  const ask = (operation: Operation, token: string | null, account: string) => {
    const isFile = /\/(?:compare|numbers\/import)(?:\?|$)/.test(operation.path);
    return service.request(
      operation.path
        .replace('{auth_id}', account)
        .replace(/\{number\}/g, '14155550100')
        .replace(/\{\w+\}/g, NOBODY),
      {
        method: operation.method,
        as: null,
        headers: {
          ...fromElsewhere(),
          ...(token !== null && { authorization: `Bearer ${token}` }),
          ...(isFile && { 'content-type': 'text/csv' }),
        },
        ...(operation.method !== 'GET' && operation.method !== 'DELETE' && { body: isFile ? 'Call UUID' : {} }),
      },
    );
  };

  it('are in the document for every route that is served, and mean what is written above', () => {
    const served = service.routes.filter(({ url }) => url.startsWith('/admin'));
    const inWords = ({ method, url }: { method: string; url: string }) => `${method} ${url.replace(/:(\w+)/g, '{$1}')}`;
    expect(operations.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(served.map(inWords).sort());
    expect(operations.length).toBeGreaterThan(40);
    for (const operation of operations)
      expect({ ...operation }).toEqual({ ...operation, mayAsk: ROLES.filter((role) => ought(role, operation)) });
  });

  it.each([...ROLES])('%s is let in where it says so and refused everywhere else, for any account', async (role) => {
    for (const operation of operations.filter(({ path }) => path !== STREAM))
      for (const account of operation.path.includes('{auth_id}') ? [service.authId, FOREIGN_ACCOUNT] : ['']) {
        const { status, body, text } = await ask(operation, tokens.get(role) ?? '', account);
        const shown = { role, ...operation, account, status };
        if (ought(role, operation)) {
          expect([401, 403, 500]).not.toContain(shown.status);
          if (account === FOREIGN_ACCOUNT) expect([400, 404]).toContain(shown.status);
          continue;
        }
        expect(shown).toMatchObject({ status: 403 });
        expect(body).toMatchObject({ code: 'role_needed', title: 'Forbidden' });
        expect(text).toContain(operation.mayAsk?.join(' or '));
        expect(text).toContain(`role ${role}`);
      }
  });

  it('an export ends with the token that it was asked with: it is cut, as one that fails', async () => {
    const added = await service.admin<{ id: string; token: string }>('POST', '/operators', {
      name: 'on the way out',
      role: 'finance',
    });
    const stats = service.app.get(ReadStats, { strict: false });
    let isReadOn = false;
    stats.pages = async function* () {
      yield [];
      yield [];
      expect((await service.admin('DELETE', `/operators/${added.body.id}`)).status).toBe(204);
      yield [];
      isReadOn = true;
      yield [];
    };
    const headers = { authorization: `Bearer ${added.body.token}` };
    await expect(service.request('/admin/stats?format=csv', { as: null, headers })).rejects.toThrow();
    Reflect.deleteProperty(stats, 'pages');
    expect(isReadOn).toBe(false);
  });

  it('viewer and finance are refused whole numbers at every route that they may ask', async () => {
    for (const role of ['viewer', 'finance'] as const)
      for (const operation of operations.filter((one) => ought(role, one) && one.path !== LOGIN)) {
        const revealing = { ...operation, path: `${operation.path}?reveal=true` };
        const { status, text } = await ask(revealing, tokens.get(role) ?? '', service.authId);
        expect({ ...operation, status, text }).toMatchObject({
          status: 403,
          text: expect.stringContaining('support or admin'),
        });
      }
  });

  describe('with a session and a call', () => {
    const [amy, ben, virtual] = ['14158675309', '14152749061', '14155550100'];
    let uuid = '';

    beforeAll(async () => {
      await service.addNumbers([virtual]);
      const url = `https://customer.example/told/p${amy}?and=${ben}_too`;
      const opened = await service.sessions('POST', '/', { first_party: amy, second_party: ben, callback_url: url });
      uuid = String(opened.body['session_uuid']);
      const call = { CallUUID: NOBODY, From: amy, To: virtual, Direction: 'inbound', CallStatus: 'ringing' };
      await service.webhook('/answer', call);
      await service.webhook('/hangup', { ...call, Event: 'Hangup', CallStatus: 'completed' });
    });

    const asRole = (role: Role, path: string) =>
      service.request(path, { as: null, headers: { authorization: `Bearer ${tokens.get(role)}` } });
    const pathsOfToday = (): string[] => [
      ...operations
        .filter((operation) => ought('viewer', operation) && operation.path !== STREAM)
        .flatMap(({ path }) =>
          [uuid, NOBODY].map((id) => path.replace('{auth_id}', service.authId).replace(/\{\w+\}/, id)),
        ),
      `/admin/sessions?party=${amy}`,
      `/admin/route?virtual_number=${virtual}&caller=${amy}`,
      '/admin/stats?group_by=number',
      '/admin/sessions?format=csv',
    ];

    it("a viewer's whole day shows no number of a party, and those of the pool", async () => {
      let seen = '';
      for (const path of pathsOfToday()) seen += (await asRole('viewer', path)).text;
      for (const number of [amy, ben]) expect(seen).not.toContain(number.slice(1));
      expect(seen).toContain(`"first_party":"+1415•••5309"`);
      expect(seen).toContain(`"dial":"+1415•••9061"`);
      expect(seen.match(/"number":"\+14155550100"/)).not.toBeNull();
      expect(seen).toContain(`"virtual_number":"+14155550100"`);
    });

    it('a link that opens a recording is shown to whoever may listen, and in no answer to anybody else', async () => {
      await service.dataSource.getRepository(Recording).insert({
        id: NOBODY,
        accountId: service.authId,
        sessionId: uuid,
        callId: NOBODY,
        format: 'mp3',
        status: 'ready',
        attempts: 0,
        createdAt: service.clock.now(),
      });
      const links = async (role: Role): Promise<string[]> => {
        let seen = '';
        for (const path of pathsOfToday()) seen += (await asRole(role, path)).text;
        return seen.match(/"recording_url":(?:null|"[^"]+)/g) ?? [];
      };
      const opens = `"recording_url":"${service.baseUrl}/v1/Account/${service.authId}/Recording/${NOBODY}.mp3?`;
      for (const role of ['support', 'admin'] as const) {
        const shown = await links(role);
        expect([shown.length, shown.filter((link) => !link.startsWith(opens))]).toEqual([3, []]);
      }
      expect(await links('viewer')).toEqual(Array(3).fill('"recording_url":null'));
      expect(await links('finance')).toEqual([]);
    });

    it('support sees them with reveal=true, and the audit says who saw what, without the number', async () => {
      expect((await asRole('support', `/admin/sessions/${uuid}`)).text).not.toContain(amy);
      const { text } = await asRole('support', `/admin/sessions/${uuid}?reveal=true`);
      expect(text).toContain(`"first_party":"+${amy}"`);
      expect((await asRole('support', `/admin/sessions?party=${amy}&reveal=true`)).text).toContain(ben);
      const audit = await service.admin<{ items: object[] }>('GET', '/audit?limit=2');
      const entry = { actor: 'the support', action: 'numbers.revealed' };
      expect(audit.body.items).toMatchObject([
        { ...entry, target: 'GET /admin/sessions', details: {} },
        { ...entry, target: 'GET /admin/sessions/:uuid', details: { uuid } },
      ]);
      await asRole('support', `/admin/sessions/${uuid}?reveal=true&reason=calls%20${amy}%20back`);
      const [newest] = (await service.admin<{ items: object[] }>('GET', '/audit?limit=1')).body.items;
      expect(newest).toMatchObject({ ...entry, details: { uuid, reason: expect.stringMatching(/^calls .* back$/) } });
      expect(JSON.stringify(newest)).not.toContain(amy);
      for (const reason of ['', 'x'.repeat(201)]) {
        const refused = await asRole('support', `/admin/sessions/${uuid}?reveal=true&reason=${reason}`);
        expect(refused).toMatchObject({ status: 400, body: { param: 'reason' } });
      }
      expect(audit.text).not.toContain(amy);
      const wrong = await asRole('support', `/admin/sessions/${uuid}?reveal=yes`);
      expect(wrong).toMatchObject({ status: 400, body: { param: 'reveal' } });
    });
  });

  describe('nobody', () => {
    it('is let in without a token, or with one that nobody has', async () => {
      for (const operation of operations.filter(({ path }) => path !== LOGIN))
        for (const token of [null, 'x'.repeat(40)]) {
          const { status } = await ask(operation, token, service.authId);
          expect({ ...operation, status }).toMatchObject({ status: 401 });
        }
    });
  });
});
