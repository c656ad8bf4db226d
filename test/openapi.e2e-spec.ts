import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { callbackSchema, describeCallbacks } from '../src/callbacks/describe-callbacks.js';
import {
  hangupEvent,
  optEvent,
  partyEvent,
  pinEvent,
  recordingEvent,
  textEvent,
  textOutcomeEvent,
  textRefusedEvent,
  timeoutEvent,
  type CallbackPayload,
} from '../src/callbacks/contract.js';
import { makeJudge } from './support/described.js';
import { describeOnEachService, type Service } from './support/service.js';

interface Operation {
  summary?: string;
  operationId?: string;
  tags?: string[];
  security?: object[];
  'x-roles'?: string[];
  parameters?: { name?: string; in?: string; $ref?: string; schema?: object }[];
  requestBody?: { content: Record<string, { schema: object; example?: unknown }> };
  responses: Record<string, { $ref?: string; content?: Record<string, { schema: object; example?: unknown }> }>;
}
interface Document {
  paths: Record<string, Record<string, Operation>>;
  webhooks?: Record<string, Record<string, Operation>>;
  components: Record<string, Record<string, object>>;
}

/** What is no API: pages, documents, and a stand-in for customers' servers. */
const NO_API = /^\/(?:$|docs(?:\/|$)|openapi\.|simulator\/(?:openapi\.|inbox))/;
/** They change nothing but the login of a browser, and take no Idempotency-Key. */
const READ_BY_POST = new Set([
  '/admin/people/find',
  '/admin/people/export',
  '/admin/invoices/compare',
  '/admin/login',
  '/admin/logout',
]);
/** Routed with every method, so that a wrong one is refused like a wrong signature. */
const PLIVO_METHODS = new Set(['GET', 'POST']);

describeOnEachService('the OpenAPI documents', (start) => {
  let service: Service;
  const documents = new Map<string, Document>();
  const folder = mkdtempSync(join(tmpdir(), 'masking-openapi-'));

  beforeAll(async () => {
    service = await start({ settings: { ROLE: 'api', PROVIDER: 'simulator' } });
    for (const url of ['/openapi.json', '/simulator/openapi.json']) {
      const answer = await service.request<Document>(url, { as: null });
      expect([url, answer.status]).toEqual([url, 200]);
      documents.set(url, answer.body);
    }
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const operations = (): { document: string; name: string; path: string; operation: Operation }[] =>
    [...documents].flatMap(([document, { paths }]) =>
      Object.entries(paths).flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, operation]) => ({
          document,
          name: `${method.toUpperCase()} ${path}`,
          path,
          operation,
        })),
      ),
    );

  it.each(['/openapi.json', '/simulator/openapi.json'])(
    '%s is as the recommended rules of Redocly want it',
    async (url) => {
      const config = await createConfig({ extends: ['recommended'] });
      const problems = await lintFromString({
        source: JSON.stringify(documents.get(url)),
        absoluteRef: join(folder, 'openapi.json'),
        config,
      });
      const told = problems.map(({ severity, ruleId, message, location }) => ({
        severity,
        ruleId,
        message,
        at: location[0]?.pointer,
      }));
      expect(told.filter(({ severity }) => severity === 'error')).toEqual([]);
      // A probe refuses nothing that a client does.
      const isProbe = (at = ''): boolean => /^#\/paths\/~1(?:livez|readyz|metrics)\//.test(at);
      expect(told.filter(({ ruleId, at }) => ruleId !== 'operation-4xx-response' || !isProbe(at))).toEqual([]);
    },
  );

  it('have every route that is served, each in one of them', () => {
    const served = service.routes
      .filter(({ url, method }) => !NO_API.test(url) && (!url.startsWith('/plivo/') || PLIVO_METHODS.has(method)))
      .map(({ url, method }) => `${method} ${url.replace(/:(\w+)/g, '{$1}').replace(/(.)\/$/, '$1')}`);
    const described = operations().map(({ name }) => name);
    expect(new Set(described).size).toBe(described.length);
    // HEAD is not gathered from the router.
    expect(described.filter((name) => !name.startsWith('HEAD ')).sort()).toEqual([...new Set(served)].sort());
    for (const { document, path } of operations())
      expect([path, document]).toEqual([
        path,
        path.startsWith('/simulator/') ? '/simulator/openapi.json' : '/openapi.json',
      ]);
  });

  it('say of each operation what it does, under a name of its own, and declare all that its path holds', () => {
    for (const [url] of documents) {
      const names = operations().flatMap(({ document, operation }) =>
        document === url ? [operation.operationId] : [],
      );
      expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    }
    for (const { name, path, operation } of operations()) {
      const inPath = (operation.parameters ?? []).flatMap((one) => (one.in === 'path' ? [one.name] : []));
      expect({ name, summary: operation.summary, inPath, tags: operation.tags?.length }).toEqual({
        name,
        summary: expect.stringMatching(/^.{6,120}$/),
        inPath: [...path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter),
        tags: 1,
      });
      expect(operation.operationId).toMatch(/^[a-z][A-Za-z]+$/);
    }
  });

  it('have a schema and an example for every answer that has a body, and examples are as their schemas say', () => {
    for (const [url, document] of documents) {
      const ajv = formats.default(new Ajv2020({ strict: false }));
      ajv.addSchema({ $id: 'doc', components: document.components });
      // Most refusals are described alike, and each description compiled takes milliseconds.
      const compiled = new Map<string, ValidateFunction>();
      const validatorOf = (text: string): ValidateFunction => {
        const validator = compiled.get(text) ?? ajv.compile(JSON.parse(text) as object);
        compiled.set(text, validator);
        return validator;
      };
      const wrong = operations()
        .filter((one) => one.document === url)
        .flatMap(({ name, operation }) => {
          const bodies = [operation.requestBody ?? {}, ...Object.values(operation.responses)].map((body) => {
            const reference = '$ref' in body ? String(body.$ref).split('/').at(-1) : undefined;
            return reference === undefined ? body : document.components['responses']?.[reference];
          }) as { content?: Record<string, { schema: object; example?: unknown }> }[];
          return bodies.flatMap(({ content = {} }) =>
            Object.entries(content).flatMap(([type, { schema, example }]) => {
              if (!type.endsWith('json')) return [];
              const text = JSON.stringify(schema).replaceAll('"#/components', '"doc#/components');
              const validator = validatorOf(text);
              return validator(example)
                ? []
                : [`${name} ${ajv.errorsText(validator.errors)} ${JSON.stringify(example)}`];
            }),
          );
        });
      expect(wrong).toEqual([]);
    }
  });

  it('say who is let in, and what a request can be refused with', () => {
    for (const { name, path, operation } of operations()) {
      const statuses = Object.keys(operation.responses);
      const isOurs = /^\/(?:v1|admin)\//.test(path);
      if (isOurs) expect([name, statuses]).toEqual([name, expect.arrayContaining(['401', '503'])]);
      if (path.startsWith('/v1/')) expect([name, statuses]).toEqual([name, expect.arrayContaining(['404', '429'])]);
      if (path.startsWith('/admin/')) {
        expect([name, statuses]).toEqual([name, expect.arrayContaining(['403'])]);
        expect(operation.security).toEqual(path === '/admin/login' ? [] : [{ bearer: [] }, { console: [] }]);
        expect(operation['x-roles']).toContain('admin');
      }
      if (isOurs && name.startsWith('POST ')) {
        expect([name, statuses]).toEqual([name, expect.arrayContaining(['413', '415'])]);
        const repeatable = READ_BY_POST.has(path) ? [] : ['409', '422'];
        expect([name, statuses]).toEqual([name, expect.arrayContaining(repeatable)]);
        expect([name, statuses.includes('422')]).toEqual([name, !READ_BY_POST.has(path)]);
      }
    }
    const { parameters } = documents.get('/openapi.json')?.paths['/admin/stats']?.['get'] ?? {};
    expect(parameters).toContainEqual(
      expect.objectContaining({
        name: 'limit',
        in: 'query',
        required: false,
        schema: { type: 'integer', minimum: 1, maximum: 200, default: 50 },
      }),
    );
  });

  it('name every status of a create', async () => {
    const { body } = await service.request<Document>('/openapi.json', { as: null });
    const { responses } = body.paths['/v1/Account/{authId}/Masking/Session']?.['post'] ?? { responses: {} };
    expect(Object.keys(responses)).toEqual([
      '201',
      '400',
      '401',
      '404',
      '409',
      '413',
      '415',
      '422',
      '429',
      '500',
      '503',
    ]);
  });
});

describe('the webhooks of the document', () => {
  const occasion = { at: 0, callId: 'call', from: '14155550001', to: '14155550002' };
  const hangup = { amountMicros: 1, billedSeconds: 60, seconds: 42, cause: 'Normal Hangup', causeCode: 4000 };
  const recording = {
    recordingId: '0198f6a2-2f0d-4c1e-8a57-5a4c3b2d1e0f',
    status: 'ready',
    mediaUrl: 'https://a.example/x.mp3',
    resourceUrl: 'https://a.example/x',
    durationSeconds: 42,
    startedAt: 0,
    endedAt: 1,
    format: 'mp3',
  } as unknown as Parameters<typeof recordingEvent>[2];
  const text = { messageUuid: '5b40a428-bfc7-4daf-9d06-726c558bf3b8', mediaCount: 1 };
  const outcome = {
    from: '',
    to: '',
    messageUuid: text.messageUuid,
    forwardUuid: text.messageUuid,
    units: 1,
    amountMicros: 7000,
    errorCode: null,
    reason: '',
  };
  const payloads: CallbackPayload[] = [
    partyEvent('SessionFirstPartyAnswer', occasion),
    partyEvent('SessionSecondPartyRing', occasion),
    partyEvent('SessionSecondPartyAnswer', occasion),
    pinEvent(occasion, 'failed', 2),
    hangupEvent('SessionFirstPartyHangup', occasion, hangup),
    hangupEvent('SessionSecondPartyHangup', occasion, hangup),
    hangupEvent('SessionPartiesHangup', occasion, hangup),
    timeoutEvent(0),
    recordingEvent('SessionRecordingInitiated', occasion, recording),
    recordingEvent('SessionRecordingCompleted', occasion, recording),
    recordingEvent('SessionRecordingFailed', occasion, recording),
    textEvent(occasion, text, 1, null),
    textEvent(occasion, text, 1, 'hello'),
    textRefusedEvent(occasion, text, 'too-many'),
    textOutcomeEvent('SessionMessageForwarded', occasion, outcome),
    textOutcomeEvent('SessionMessageDelivered', occasion, outcome),
    textOutcomeEvent('SessionMessageFailed', occasion, {
      ...outcome,
      forwardUuid: null,
      errorCode: 30,
      reason: 'failed',
    }),
    optEvent('SessionMessageOptedOut', occasion),
    optEvent('SessionMessageOptedIn', occasion),
  ];

  it('are the events that are sent', () => {
    expect(Object.keys(describeCallbacks()).sort()).toEqual([...new Set(payloads.map(({ event }) => event))].sort());
  });

  it.each(payloads.map((payload) => [payload.event, payload] as const))(
    '%s has the parameters that are sent',
    (event, payload) => {
      const session = { id: '0198f6a2-2f0d-4c1e-8a57-5a4c3b2d1e0f', virtualNumber: '14155550100' };
      const sent = Object.fromEntries(payload.parameters(session, 1));
      const schema = { ...callbackSchema(event), additionalProperties: false };
      const ajv = formats.default(new Ajv2020({ strict: false }));
      expect([ajv.validate(schema, sent), ajv.errorsText()]).toEqual([true, 'No errors']);
    },
  );
});

describe('answers of the suite', () => {
  const judge = makeJudge({
    openapi: '3.1.0',
    paths: {
      '/admin/things/{id}': {
        get: {
          responses: {
            200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } } },
            404: { 'x-codes': ['not_found'], content: {} },
          },
        },
      },
    },
    components: {
      schemas: { Thing: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] } },
    },
  });
  const answered = (status: number, body: object) => ({
    status,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    text: JSON.stringify(body),
    body,
  });
  const judged = (status: number, body: object) => judge('GET', '/admin//things/1/?x=1', answered(status, body));

  it('are held to the document: a key that it does not name, one that is missing, a status, a code', () => {
    expect(judged(200, { id: 'x' })).toBeNull();
    expect(judged(200, { id: 'x', more: 1 })).toMatch(
      /GET \/admin\/things\/\{id\} 200: not as the document says.*\n.*more/,
    );
    expect(judged(200, {})).toMatch(/required/);
    expect(judged(201, { id: 'x' })).toMatch(/no such status/);
    expect(judged(404, { code: 'other' })).toMatch(/has the codes not_found/);
    expect(judge('GET', '/elsewhere', answered(200, {}))).toBeNull();
  });
});
