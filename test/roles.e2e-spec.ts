import { beforeAll, describe, expect, it } from '@jest/globals';
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
const SUPPORT_DOES = /\/(end|replay|retry|resume)$/;
const FINANCE_READS = /^\/admin\/(stats|calls|me$|accounts\/\{auth_id\}\/spend$)/;

function ought(role: Role, { method, path }: Operation): boolean {
  const isRead = method === 'GET';
  if (role === 'admin') return true;
  if (role === 'finance') return isRead && FINANCE_READS.test(path);
  return isRead || (role === 'support' && method === 'POST' && SUPPORT_DOES.test(path));
}

/** From the OpenAPI document, so that a new route is tried without being written here. */
describeOnEachService('roles', (start) => {
  let service: Service;
  let operations: Operation[];
  const tokens = new Map<Role, string>();

  beforeAll(async () => {
    service = await start({ settings: { ROLE: 'api', ...ELSEWHERE } });
    const document = await service.request<{ paths: Record<string, Record<string, { 'x-roles'?: Role[] }>> }>('/openapi.json');
    operations = Object.entries(document.body.paths)
      .filter(([path]) => path.startsWith('/admin'))
      .flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, operation]) => ({
          method: method.toUpperCase(),
          path,
          mayAsk: operation['x-roles'],
        })),
      );
    for (const role of ROLES) {
      const made = await service.admin('POST', '/operators', { name: `the ${role}`, role });
      tokens.set(role, String(made.body['token']));
    }
  });

  const ask = (operation: Operation, token: string | null, account: string) =>
    service.request(
      operation.path
        .replace('{auth_id}', account)
        .replace(/\{number\}/g, '14155550100')
        .replace(/\{\w+\}/g, NOBODY),
      {
        method: operation.method,
        as: null,
        headers: { ...fromElsewhere(), ...(token !== null && { authorization: `Bearer ${token}` }) },
        ...(operation.method !== 'GET' && operation.method !== 'DELETE' && { body: {} }),
      },
    );

  it('are in the document for every route that is served, and mean what is written above', () => {
    const served = service.routes.filter(({ url }) => url.startsWith('/admin'));
    const inWords = ({ method, url }: { method: string; url: string }) => `${method} ${url.replace(/:(\w+)/g, '{$1}')}`;
    expect(operations.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(served.map(inWords).sort());
    expect(operations.length).toBeGreaterThan(40);
    for (const operation of operations)
      expect({ ...operation }).toEqual({ ...operation, mayAsk: ROLES.filter((role) => ought(role, operation)) });
  });

  it.each([...ROLES])('%s is let in where it says so and refused everywhere else, for any account', async (role) => {
    for (const operation of operations)
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

  describe('nobody', () => {
    it('is let in without a token, or with one that nobody has', async () => {
      for (const operation of operations)
        for (const token of [null, 'x'.repeat(40)]) {
          const { status } = await ask(operation, token, service.authId);
          expect({ ...operation, status }).toMatchObject({ status: 401 });
        }
    });
  });
});
