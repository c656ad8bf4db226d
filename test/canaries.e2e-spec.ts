import { randomUUID } from 'node:crypto';
import { beforeAll, expect, it } from '@jest/globals';
import { Crypto } from '../src/platform/crypto/crypto.js';
import { Jobs } from '../src/platform/jobs/jobs.js';
import { personOf } from '../src/telephony/identity.js';
import type { E164 } from '../src/telephony/phone.js';
import { isCanaryIn, spellingsOf } from './support/canary.js';
import { AUTH_ID, describeOnEachService, type Service } from './support/service.js';
import { simulatedPlivo } from './support/simulated-plivo.js';
import { tracesInFiles } from './support/traces.js';

/** One phone; its last ten digits are in no other number, id or instant here. */
const CANARY = '16503917284';
const [RAVI, STRANGER] = ['+14155550124', '+14155550125'];
/** What an operator calls something is kept as he writes it. */
const NAMES = ['name', 'alias'];
const NOBODY = '0e9b8f6a-2f0d-4c1e-8a57-5a4c3b2d1e0f';

interface Schema {
  $ref?: string;
  properties?: Record<string, Schema>;
}
interface Operation {
  parameters?: { name: string; in: string }[];
  requestBody?: { content?: Record<string, { schema?: Schema }> };
  responses?: Record<string, { content?: Record<string, unknown> }>;
}
interface Description {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

describeOnEachService('a number in twenty spellings', (start) => {
  let service: Service;
  const spellings = spellingsOf(CANARY);
  /** The bodies of all refusals. */
  const refusals: string[] = [];
  const asked: number[] = [];

  beforeAll(async () => {
    const settings = { PROVIDER: 'simulator', WORKER_POLL_MS: '60000', CALLBACK_ALLOW_PRIVATE: 'true' };
    service = await start({ settings });
  });

  const plivo = simulatedPlivo(() => service);
  const runDue = () => service.app.get(Jobs).runDue();
  const admin = { authorization: '' };

  async function send(method: string, path: string, { body, headers }: { body?: unknown; headers?: object } = {}) {
    admin.authorization = `Bearer ${service.adminToken}`;
    const isAdmin = path.startsWith('/admin');
    const { status, text } = await service.request(path, {
      method,
      body,
      headers: { ...(isAdmin && admin), ...headers },
      ...(isAdmin && { as: null }),
    });
    asked.push(status);
    expect(status).not.toBe(500);
    if (status >= 400) refusals.push(text);
    return status;
  }

  /** What the OpenAPI document says can be asked, so that a new route is asked by itself. */
  async function operations() {
    const { body } = await service.request<Description>('/openapi.json');
    const fieldsOf = ({ requestBody }: Operation): string[] => {
      const schema = Object.values(requestBody?.content ?? {})[0]?.schema;
      const named = schema?.$ref === undefined ? schema : body.components.schemas[schema.$ref.split('/').at(-1) ?? ''];
      return Object.keys(named?.properties ?? {}).filter((field) => !NAMES.includes(field));
    };
    return Object.entries(body.paths).flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(([method]) => /^(?:get|post|put|patch|delete)$/.test(method) && /^\/(?:v1|admin|plivo)\//.test(path))
        // Their answers end when whoever asked leaves.
        .filter(([, operation]) => operation.responses?.['200']?.content?.['text/event-stream'] === undefined)
        .map(([method, operation]) => ({
          method: method.toUpperCase(),
          path,
          queries: (operation.parameters ?? []).filter((one) => one.in === 'query').map(({ name }) => name),
          fields: fieldsOf(operation),
        })),
    );
  }

  const filled = (path: string, value: string): string =>
    path.replace(/\{(\w+)\}/g, (_, name: string) => (/^auth_?id$/i.test(name) ? AUTH_ID : encodeURIComponent(value)));

  it('is asked with at every place of every route', async () => {
    let turn = 0;
    const next = (): string => spellings[(turn += 1) % spellings.length] ?? '';
    for (const { method, path, queries, fields } of await operations()) {
      for (const spelling of path.replace('{auth_id}', '').includes('{') ? Array.from({ length: 6 }, next) : [])
        await send(method, filled(path, spelling), method === 'GET' ? {} : { body: {} });
      const query = queries.map((name) => `${name}=${encodeURIComponent(next())}`).join('&');
      const named = queries.map((name) => `${name}=${encodeURIComponent(next())}`);
      for (const one of [query, ...named])
        await send(method, `${filled(path, NOBODY)}?${one}`, method === 'GET' ? {} : { body: {} });
      if (method === 'GET' || method === 'DELETE') continue;
      const all = Object.fromEntries(fields.map((name) => [name, next()]));
      const single = fields.map((name) => ({ [name]: next() }));
      for (const body of [all, ...single, { [next()]: next() }, next(), `{"a": ${next()}`])
        await send(method, filled(path, NOBODY), { body });
      await send(method, filled(path, NOBODY), { body: next(), headers: { 'content-type': 'text/csv' } });
    }
    expect(asked.length).toBeGreaterThan(700);
  }, 120_000);

  it('calls, is called, types, is refused, searched, listed and found', async () => {
    await plivo.control('POST', '/numbers', { count: 4, country: 'US' }).catch(() => undefined);
    const open = async (body: Record<string, unknown>, headers: Record<string, string> = {}) => {
      const made = await service.sessions<{ session_uuid: string; virtual_number: string }>(
        'POST',
        '/',
        { geomatch: false, ...body },
        { headers },
      );
      if (made.status >= 400) refusals.push(made.text);
      return made;
    };
    const recorded = await open(
      {
        first_party: `+${CANARY}`,
        second_party: RAVI,
        record: true,
        session_expiry: 86_400,
        callback_url: 'http://127.0.0.1:9/told',
      },
      { 'idempotency-key': `for +${CANARY}` },
    );
    expect(recorded.status).toBe(201);
    const { session_uuid: uuid, virtual_number: virtual } = recorded.body;
    await plivo.talk(`+${CANARY}`, virtual, RAVI, 42);
    for (const spelling of spellings) {
      await open({ first_party: spelling, second_party: STRANGER });
      await open(
        { first_party: STRANGER, second_party: spelling, idempotent: spelling },
        { 'x-request-id': encodeURIComponent(spelling) },
      );
      await service
        .sessions('POST', `/${uuid}/`, { second_party: spelling, callback_url: spelling })
        .then(({ status, text }) => status >= 400 && refusals.push(text));
      const call = { CallUUID: randomUUID(), From: spelling, To: virtual, Direction: 'inbound', CallStatus: 'ringing' };
      for (const params of [
        call,
        { ...call, To: spelling },
        { ...call, CallerName: spelling, ForwardedFrom: spelling },
      ])
        await service.webhook('/answer', params);
      await service.webhook('/hangup', {
        ...call,
        Event: 'Hangup',
        CallStatus: 'completed',
        HangupCauseName: spelling,
      });
      await service.webhook('/answer', { ...call, CallUUID: randomUUID() }, { token: spelling });
      const query = encodeURIComponent(spelling);
      for (const path of [
        `/search?q=${query}`,
        `/calls?party=${query}`,
        `/calls?dialled=${query}`,
        `/sessions?party=${query}`,
        `/route?virtual_number=${virtual}&caller=${query}`,
      ])
        await send('GET', `/admin${path}`);
      await send('POST', '/admin/people/find', { body: { number: spelling } });
      await runDue();
    }
    for (let look = 0; look < 4; look += 1) {
      await plivo.advance(60);
      await runDue();
    }
  }, 120_000);

  it('stands in no log line, metric, refusal, audit entry, table or file', async () => {
    const audit = await service.admin('GET', '/audit?limit=200');
    const metrics = await service.request('/metrics', { as: null });
    const found = Object.entries({
      audit: [audit.text],
      metrics: [metrics.text],
      refusals,
      log: service.logs().split('\n'),
      ...(await tables()),
    })
      .map(([where, texts]) => [where, texts.filter((text) => isCanaryIn(text, CANARY))] as const)
      .filter(([, texts]) => texts.length > 0)
      .map(([where, texts]) => `${where}: ${texts.length}, as ${texts[0]?.slice(0, 600)}`);
    expect(found).toEqual([]);
    expect(service.logs().split('\n').length).toBeGreaterThan(1_000);
  });

  /** Every row, by its table. */
  async function tables(): Promise<Record<string, string[]>> {
    const rows: Record<string, string[]> = {};
    for (const { tableName } of service.dataSource.entityMetadatas)
      rows[tableName] = (await service.dataSource.query<object[]>(`SELECT * FROM ${tableName}`)).map((row) =>
        JSON.stringify(row),
      );
    return rows;
  }

  it('is nowhere once it is erased, nor is its index', async () => {
    const index = service.app.get(Crypto).index(AUTH_ID, 'party', personOf(CANARY as E164));
    const ordered = await service.admin<{ erasure_id: string }>('POST', '/people/erase', { number: `+${CANARY}` });
    expect(ordered.status).toBe(202);
    let status = 'running';
    for (let look = 0; status === 'running' && look < 60; look += 1) {
      await runDue();
      await plivo.advance(5);
      status = String((await service.admin('GET', `/people/erasures/${ordered.body.erasure_id}`)).body['status']);
    }
    expect(status).toBe('done');
    const left = Object.entries(await tables()).filter(([, rows]) =>
      rows.some((row) => row.includes(index) || isCanaryIn(row, CANARY)),
    );
    expect(left).toEqual([]);
    expect(tracesInFiles(service.dataDir, [index, CANARY.slice(1)])).toEqual([]);
  }, 60_000);
});
