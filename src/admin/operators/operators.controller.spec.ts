import { beforeAll, describe, expect, it } from '@jest/globals';
import { FakeClock } from '../../../test/support/ground.js';
import { AUTH_ID, describeOnEachService, type Answer, type Service } from '../../../test/support/service.js';
import { KnownOperators } from '../access/known-operators.js';
import { Operators } from './operators.js';

const NOBODY = '0e9b8f6a-2f0d-4c1e-8a57-5a4c3b2d1e0f';

interface Made {
  id: string;
  name: string;
  role: string;
  token: string;
}

describeOnEachService('operators', (start) => {
  let service: Service;
  const clock = new FakeClock();

  beforeAll(async () => {
    service = await start({ clock, settings: { ROLE: 'api' } });
  });

  const ask = <Body = Record<string, unknown>>(
    token: string,
    path: string,
    method = 'GET',
    body?: unknown,
  ): Promise<Answer<Body>> =>
    service.request<Body>(`/admin${path}`, { as: null, method, body, headers: { authorization: `Bearer ${token}` } });
  const add = async (name: string, role = 'viewer'): Promise<Made> => {
    const made = await service.admin<Made>('POST', '/operators', { name, role });
    expect(made).toMatchObject({ status: 201, body: { name, role, token: expect.stringMatching(/^[\w-]{40}$/) } });
    return made.body;
  };
  const list = async (): Promise<Record<string, unknown>[]> =>
    (await service.admin<{ items: Record<string, unknown>[] }>('GET', '/operators')).body.items;
  const opens = async (token: string): Promise<boolean> => (await ask(token, '/me')).status === 200;

  it('are the admin of the settings alone at first, who cannot be removed or rotated', async () => {
    expect(await list()).toEqual([
      { id: 'admin', name: 'admin', role: 'admin', created_at: null, last_used_at: null, former_token_until: null },
    ]);
    expect((await service.admin('GET', '/me')).body).toEqual({
      name: 'admin',
      role: 'admin',
      is_number_shown: true,
      login: null,
    });
    for (const answer of [
      await service.admin('DELETE', '/operators/admin'),
      await service.admin('POST', '/operators/admin/rotate', {}),
    ])
      expect(answer).toMatchObject({ status: 409, body: { code: 'operator_of_settings' } });
    expect((await service.admin('POST', '/operators', { name: 'Admin', role: 'admin' })).status).toBe(409);
  });

  it('are told their token once; the table holds a hash, the log nothing', async () => {
    const { id, token } = await add('ann@example.com', 'support');
    expect((await ask(token, '/me')).body).toEqual({
      name: 'ann@example.com',
      role: 'support',
      is_number_shown: true,
      login: null,
    });
    expect(JSON.stringify(await list())).not.toContain(token);
    expect(JSON.stringify(await service.dataSource.query('SELECT * FROM operator'))).not.toContain(token);
    expect(service.logs()).not.toContain(token);
    expect((await service.admin('POST', '/operators', { name: 'ann@example.com', role: 'viewer' })).body).toMatchObject(
      {
        code: 'operator_exists',
      },
    );
    const [newest] = (await service.admin<{ items: { details: unknown; target: string }[] }>('GET', '/audit')).body
      .items;
    expect(newest).toMatchObject({ target: id, details: { name: 'ann@example.com', role: 'support' } });
  });

  it.each([
    [{ name: 'x', role: 'owner' }, 'role'],
    [{ name: '', role: 'viewer' }, 'name'],
    [{ name: 'call +1 415 555 0123', role: 'viewer' }, 'name'],
    [{ name: '415-555-0123', role: 'viewer' }, 'name'],
    [{ name: '415 - 555 - 0123', role: 'viewer' }, 'name'],
    [{ name: '４１５５５５０１２３', role: 'viewer' }, 'name'],
    [{ name: 'tel ٤١٥ ٥٥٥ ٠١٢٣', role: 'viewer' }, 'name'],
    [{ name: '⁴¹⁵⁵⁵⁵⁰¹²³', role: 'viewer' }, 'name'],
    [{ name: 'MADEMODEMODEMODEMO00', role: 'viewer' }, 'name'],
    [{ name: 'SAabcdefghijklmnopqr', role: 'viewer' }, 'name'],
    [{ name: 'a\nb', role: 'viewer' }, 'name'],
    [{ name: 'x'.repeat(61), role: 'viewer' }, 'name'],
  ])('are refused as %j', async (body, param) => {
    expect(await service.admin('POST', '/operators', body)).toMatchObject({ status: 400, body: { param } });
  });

  it.each([
    ['Åsa', 'A\u030asa'],
    ['eve@example.com', 'EVE@example.com'],
    ['Zoë', 'ＺＯË'],
  ])('have names that nobody takes for each other: not %j beside %j', async (name, alike) => {
    await add(name);
    const second = await service.admin('POST', '/operators', { name: alike, role: 'viewer' });
    expect(second).toMatchObject({ status: 409, body: { code: 'operator_exists' } });
  });

  it('have no name that is read as admin', async () => {
    const second = await service.admin('POST', '/operators', { name: 'ＡＤＭＩＮ', role: 'viewer' });
    expect(second).toMatchObject({ status: 409, body: { code: 'operator_exists' } });
  });

  it('are named in the audit', async () => {
    const { token } = await add('bob', 'admin');
    const { id } = (await ask<Made>(token, '/operators', 'POST', { name: 'carol', role: 'finance' })).body;
    const { items } = (await service.admin<{ items: object[] }>('GET', '/audit?limit=1')).body;
    expect(items).toMatchObject([{ actor: 'bob', action: 'operator.added', target: id }]);
  });

  it('go on with the former token for as long as a rotation says, and not a millisecond longer', async () => {
    const { id, token } = await add('dan');
    const second = await service.admin<Made>('POST', `/operators/${id}/rotate`, { overlap_seconds: 60 });
    expect(second.status).toBe(201);
    expect([await opens(token), await opens(second.body.token)]).toEqual([true, true]);
    clock.advance(59_999);
    expect(await opens(token)).toBe(true);
    clock.advance(1);
    expect([await opens(token), await opens(second.body.token)]).toEqual([false, true]);

    const third = await service.admin<Made>('POST', `/operators/${id}/rotate`, {});
    expect([await opens(second.body.token), await opens(third.body.token)]).toEqual([false, true]);
    const far = await service.admin('POST', `/operators/${id}/rotate`, { overlap_seconds: 2_592_001 });
    expect(far).toMatchObject({ status: 400, body: { param: 'overlap_seconds' } });
  });

  it('are locked out once removed, both tokens', async () => {
    const { id, token } = await add('eve');
    const next = await service.admin<Made>('POST', `/operators/${id}/rotate`, { overlap_seconds: 60 });
    expect((await service.admin('DELETE', `/operators/${id}`)).status).toBe(204);
    expect([await opens(token), await opens(next.body.token)]).toEqual([false, false]);
    expect((await service.admin('DELETE', `/operators/${id}`)).status).toBe(404);
    expect((await service.admin('POST', `/operators/${NOBODY}/rotate`, {})).status).toBe(404);
  });

  it('that another process removes are locked out within five seconds', async () => {
    const { id, token } = await add('fay');
    clock.advance(5_000);
    expect(await opens(token)).toBe(true);
    await service.dataSource.query('DELETE FROM operator WHERE id = ?', [id]);
    clock.advance(5_000);
    expect(await opens(token)).toBe(false);
  });

  it('show when they were last used, to the minute', async () => {
    const { id, token } = await add('gus');
    const seen = async () => {
      await service.app.get(KnownOperators, { strict: false }).writeUses();
      return (await list()).find((one) => one['id'] === id)?.['last_used_at'];
    };
    expect(await seen()).toBeNull();
    const first = new Date(clock.now()).toISOString();
    await opens(token);
    expect(await seen()).toBe(first);
    clock.advance(59_999);
    await opens(token);
    expect(await seen()).toBe(first);
    clock.advance(1);
    await opens(token);
    expect(await seen()).toBe(new Date(clock.now()).toISOString());
  });

  it('are listed page by page', async () => {
    const whole = (await list()).map(({ id }) => id);
    const paged: unknown[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const query = cursor === '' ? '?limit=2' : `?limit=2&cursor=${cursor}`;
      const page: Answer<{ items: { id: string }[]; next_cursor: string | null }> = await service.admin(
        'GET',
        `/operators${query}`,
      );
      paged.push(...page.body.items.map(({ id }) => id));
      cursor = page.body.next_cursor;
    }
    expect(paged).toEqual(whole);
  });

  it('go on behind one that was removed meanwhile', async () => {
    const { id } = await add('ivy');
    const after = await add('jon');
    type Page = { items: { id: string }[]; next_cursor: string | null };
    const page = async (cursor = '') => (await service.admin<Page>('GET', `/operators?limit=1${cursor}`)).body;
    let found = await page();
    while (found.items[0]?.id !== id) found = await page(`&cursor=${found.next_cursor}`);
    await service.admin('DELETE', `/operators/${id}`);
    expect((await page(`&cursor=${found.next_cursor}`)).items).toMatchObject([{ id: after.id }]);
  });

  it.each([
    'operators',
    'accounts',
    'jobs',
    'subscriptions',
    'audit',
    'stats?group_by=number',
    `pool/health?account=${AUTH_ID}`,
  ])('are, as all lists, refused a cursor that was no next_cursor: %s', async (path) => {
    for (const cursor of ['!!!!', '%C3%A9', 'A', '01890000-0000-7000-8000-000000000000'])
      expect(await service.admin('GET', `/${path}${path.includes('?') ? '&' : '?'}cursor=${cursor}`)).toMatchObject({
        status: 400,
        body: { param: 'cursor' },
      });
  });

  describe('at their limit', () => {
    it('are refused with what to do', async () => {
      const operators = service.app.get(Operators, { strict: false });
      const there = (await list()).length - 1;
      const database = service.dataSource;
      for (let index = there; index < 199; index += 1)
        await database.query(
          "INSERT INTO operator (id, name, role, token_hash, created_at) VALUES (?, ?, 'viewer', ?, 0)",
          [`x${index}`, `x${index}`, `x${index}`],
        );
      expect((await operators.list()).length).toBe(199);
      const answer = await service.admin('POST', '/operators', { name: 'one more', role: 'viewer' });
      expect(answer).toMatchObject({ status: 409, body: { code: 'too_many_operators' } });
    });
  });
});
