import { beforeAll, expect, it } from '@jest/globals';
import { AUTH_ID, describeOnEachService, type Service } from './support/service.js';

const NOBODY = 'MANOBODYNOBODYNOBODY';
const NEVER = '0e9b8f6a-2f0d-4c1e-8a57-5a4c3b2d1e0f';

interface Parameter {
  name: string;
  in: string;
  required?: boolean;
}
interface Described {
  paths: Record<string, Record<string, { parameters?: Parameter[]; responses: Record<string, unknown> }>>;
}

/** What `required` parameters beside the account may be. */
const BESIDE: Record<string, string> = { q: '0123', first_max: '1', second_max: '1', month: '2026-11', country: 'US' };

describeOnEachService('what operators ask amiss', (start) => {
  let service: Service;
  let operations: { method: string; path: string; queries: Parameter[]; statuses: string[] }[];

  beforeAll(async () => {
    service = await start();
    const { body } = await service.request<Described>('/openapi.json');
    operations = Object.entries(body.paths).flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(([method]) => /^(?:get|post|put|patch|delete)$/.test(method) && /^\/(?:v1|admin)\//.test(path))
        .map(([method, { parameters = [], responses }]) => ({
          method: method.toUpperCase(),
          path,
          queries: parameters.filter((one) => one.in === 'query'),
          statuses: Object.keys(responses),
        })),
    );
  });

  const operator = async (role: string, name: string): Promise<string> =>
    (await service.admin<{ token: string }>('POST', '/operators', { name, role })).body.token;
  const asOperator = (token: string, method: string, path: string, headers: Record<string, string> = {}) =>
    service.request(`/admin${path}`, {
      method,
      as: null,
      headers: { authorization: `Bearer ${token}`, ...headers },
      ...(method === 'POST' && { body: {} }),
    });

  it('an account that is not there is said to be none, wherever something is asked of one', async () => {
    const ofAccounts = operations.filter(({ queries }) => queries.some(({ name }) => name === 'account'));
    expect(ofAccounts.length).toBeGreaterThan(15);
    for (const { method, path, queries, statuses } of ofAccounts) {
      const others = queries.filter(({ name }) => name !== 'account' && name in BESIDE);
      const query = new URLSearchParams({
        account: NOBODY,
        ...Object.fromEntries(others.map(({ name }) => [name, BESIDE[name] ?? ''])),
      });
      const isFile = /import|compare/.test(path);
      const { status, body } = await service.request(`${path}?${query.toString()}`, {
        method,
        as: null,
        headers: { authorization: `Bearer ${service.adminToken}`, ...(isFile && { 'content-type': 'text/csv' }) },
        ...(method === 'POST' && { body: isFile ? 'number\n' : {} }),
      });
      expect([method, path, status, body['detail']]).toEqual([method, path, 404, 'no account has this auth_id']);
      expect([path, statuses]).toEqual([path, expect.arrayContaining(['404'])]);
    }
  });

  it('a session that is not there is said to be none, in whatever letters, wherever something is asked of one', async () => {
    const ofSessions = operations.filter(({ queries }) => queries.some(({ name }) => name === 'session'));
    expect(ofSessions.map(({ path }) => path).toSorted()).toEqual([
      '/admin/callbacks',
      '/admin/callbacks/count',
      '/admin/calls',
      '/admin/messages',
      '/admin/recordings',
    ]);
    for (const { path, statuses } of ofSessions) {
      for (const id of [NEVER, NEVER.toUpperCase()]) {
        const { status, body } = await service.admin('GET', `${path.replace('/admin', '')}?session=${id}`);
        expect([path, status, body['detail']]).toEqual([path, 404, 'no session has this id']);
      }
      expect([path, statuses]).toEqual([path, expect.arrayContaining(['404'])]);
    }
    expect((await service.admin('POST', '/callbacks/replay', { session: NEVER })).status).toBe(404);
  });

  it('a reason is taken wherever the document has it, also where nothing is revealed', async () => {
    const reads = operations.filter(
      ({ method, path, queries }) =>
        method === 'GET' &&
        !/[{]|events|listen/.test(path) &&
        path.startsWith('/admin/') &&
        queries.every(({ name, required }) => required !== true || name in BESIDE),
    );
    expect(reads.length).toBeGreaterThan(15);
    for (const { path, queries } of reads) {
      const needed = queries.flatMap(({ name, required }) => (required === true ? [[name, BESIDE[name] ?? '']] : []));
      for (const said of [{ reason: 'They ask' }, { reason: 'They ask', reveal: 'false' }]) {
        const query = new URLSearchParams({ ...Object.fromEntries(needed), ...said }).toString();
        const { status } = await service.admin('GET', `${path.replace('/admin', '')}?${query}`);
        expect([path, query, status]).toEqual([path, query, 200]);
      }
    }
  });

  it('an id in capitals is the id, wherever ours are taken', async () => {
    const added = await service.admin<{ id: string }>('POST', '/operators', { name: 'Eve', role: 'viewer' });
    const id = added.body.id.toUpperCase();
    const rotated = await service.admin('POST', `/operators/${id}/rotate`, {});
    expect([rotated.status, rotated.body['id']]).toEqual([201, added.body.id]);
    expect((await service.admin('DELETE', `/operators/${id}`)).status).toBe(204);
    const { body: audit } = await service.admin<{ items: unknown[] }>('GET', `/audit?target=${added.body.id}`);
    expect(audit.items).toHaveLength(3);
    const token = await service.admin<{ id: string }>('POST', `/accounts/${AUTH_ID}/tokens`);
    expect(token.status).toBe(201);
    const revoked = await service.admin('DELETE', `/accounts/${AUTH_ID}/tokens/${token.body.id.toUpperCase()}`);
    expect(revoked.status).toBe(204);
  });

  it('nor are callbacks of such an account replayed', async () => {
    const { status } = await service.admin('POST', '/callbacks/replay', { account: NOBODY, status: 'parked' });
    expect(status).toBe(404);
    expect((await service.admin('GET', `/audit?target=${NOBODY}`)).body['items']).toEqual([]);
  });

  it('webhooks of no account are found all the same', async () => {
    expect((await service.admin('GET', '/webhooks/refused?account=unknown')).status).toBe(200);
  });

  it('an id with a blank at its end is no id of ours', async () => {
    const ids = { auth_id: AUTH_ID, authId: AUTH_ID, subaccount: 'SAXXXXXXXXXXXXXXXXXX' } as Record<string, string>;
    const named = operations.flatMap(({ method, path }) =>
      [...path.matchAll(/\{(\w+)\}/g)]
        .map(([, name = '']) => name)
        .filter((name) => name !== 'number')
        .map((blank) => {
          const filled = path.replace(
            /\{(\w+)\}/g,
            (_, name: string) => (ids[name] ?? NEVER) + (name === blank ? '%20' : ''),
          );
          return { method, path: filled };
        }),
    );
    expect(named.length).toBeGreaterThan(40);
    for (const { method, path } of named) {
      const isAdmin = path.startsWith('/admin');
      const { status } = await service.request(path, {
        method,
        ...(isAdmin && { as: null, headers: { authorization: `Bearer ${service.adminToken}` } }),
        ...(method !== 'GET' && method !== 'DELETE' && { body: {} }),
      });
      expect([method, path, status]).toEqual([method, path, 404]);
    }
    expect((await service.admin('GET', `/audit?limit=200`)).text).not.toContain(`${AUTH_ID} `);
  });

  it('the audit is searched by a pasted name whatever blanks are around it', async () => {
    await service.admin('PATCH', `/accounts/${AUTH_ID}`, { name: 'Named' });
    for (const query of ['actor=%20admin%20', `target=${AUTH_ID}%20`]) {
      const { body } = await service.admin<{ items: unknown[] }>('GET', `/audit?${query}`);
      expect([query, body.items.length > 0]).toEqual([query, true]);
    }
  });

  it('a secret that one operator was shown is shown to no other who repeats the Idempotency-Key', async () => {
    const [ann, bob] = [await operator('admin', 'Ann'), await operator('admin', 'Bob')];
    const { body } = await service.admin<{ id: string }>('POST', '/operators', { name: 'Cid', role: 'viewer' });
    const rotate = (token: string) =>
      asOperator(token, 'POST', `/operators/${body.id}/rotate`, { 'idempotency-key': 'rotate Cid' });
    const first = await rotate(ann);
    expect((await rotate(ann)).body['token']).toBe(first.body['token']);
    const another = await rotate(bob);
    expect(another.headers['idempotency-replayed']).toBeUndefined();
    expect(another.body['token']).not.toBe(first.body['token']);
    expect((await rotate(service.adminToken)).body['token']).not.toBe(another.body['token']);
  });

  it.each([
    '/accounts',
    '/operators',
    '/subscriptions',
    '/jobs',
    '/calls',
    '/audit',
    `/pool/health?account=${AUTH_ID}`,
    '/stats?group_by=account,country',
  ])('a cursor of another list is none of %s', async (list) => {
    const own = { accounts: 'MA', place: `1795893936801.${NEVER}`, number: '+14155550100', id: NEVER };
    const others = {
      '/accounts': [own.place, own.number, own.id],
      '/calls': [own.accounts, own.number, own.id],
      '/audit': [own.accounts, own.number, own.id],
      [`/pool/health?account=${AUTH_ID}`]: [own.accounts, own.place, own.id, own.number],
      '/stats?group_by=account,country': [own.accounts, own.place, own.id, own.number],
    }[list] ?? [own.accounts, own.place, own.number];
    for (const key of others) {
      const cursor = Buffer.from(key).toString('base64url');
      const { status, body } = await service.admin('GET', `${list}${list.includes('?') ? '&' : '?'}cursor=${cursor}`);
      expect([key, status, body['param']]).toEqual([key, 400, 'cursor']);
    }
  });

  it('a cursor of one list is none of another that is ordered alike', async () => {
    await service.addNumbers(['12025550100', '12025550101', '12025550102', '12025550103']);
    for (const first_party of ['14155550101', '14155550102', '14155550103'])
      await service.sessions('POST', '/', { first_party, second_party: '14155550199' });
    await operator('viewer', 'Fay');
    await operator('viewer', 'Gus');
    const cursorOf = async (list: string) =>
      (await service.admin<{ next_cursor: string | null }>('GET', `${list}?limit=1`)).body.next_cursor ?? '';
    const cursors = {
      '/sessions': await cursorOf('/sessions'),
      '/operators': await cursorOf('/operators'),
      '/audit': await cursorOf('/audit'),
    };
    for (const [own, cursor] of Object.entries(cursors))
      for (const list of [
        '/sessions',
        '/calls',
        '/callbacks',
        '/messages',
        '/recordings',
        '/operators',
        '/audit',
        '/jobs',
        '/opt-outs',
        '/receivers',
        '/subscriptions',
      ]) {
        const { status } = await service.admin('GET', `${list}?cursor=${cursor}`);
        expect([own, list, status]).toEqual([own, list, own === list ? 200 : 400]);
      }
  });

  it.each([
    [`/admin/invoices/compare?account=${AUTH_ID}&month=2026-11`, 'application/json', 'text/csv'],
    [`/admin/numbers/import?account=${AUTH_ID}`, 'application/json', 'text/csv'],
    ['/admin/numbers', 'text/csv', 'application/json'],
    [`/v1/Account/${AUTH_ID}/Masking/Session`, 'text/csv', 'application/json'],
  ])('%s refuses %s and says that it wants %s', async (path, type, wanted) => {
    const { status, body } = await service.request(path, {
      method: 'POST',
      headers: {
        'content-type': type,
        ...(path.startsWith('/admin') && { authorization: `Bearer ${service.adminToken}` }),
      },
      body: '{}',
    });
    expect([status, body['detail'] ?? body['error']]).toEqual([415, `unsupported media type: send ${wanted}`]);
  });
});
