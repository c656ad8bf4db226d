import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { SpanStatusCode } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor, type ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { recordSpans } from '../src/platform/tracing/export-traces.js';
import { startReceiver } from './support/callbacks.js';
import { AUTH_ID, sharedSettings, startProcess, temporaryFolder } from './support/process.js';
import { describeOnEachService, type Service } from './support/service.js';
import { simulatedPlivo } from './support/simulated-plivo.js';

const [ASHA, RAVI] = ['+14155550123', '+14155550124'];

describeOnEachService('traces', (start) => {
  const exporter = new InMemorySpanExporter();
  let service: Service;
  let receiver: Awaited<ReturnType<typeof startReceiver>>;
  let end: () => Promise<void>;
  const plivo = simulatedPlivo(() => service);

  beforeAll(async () => {
    end = recordSpans(new SimpleSpanProcessor(exporter));
    receiver = await startReceiver();
    service = await start({ settings: { PROVIDER: 'simulator' } });
  });
  afterAll(async () => {
    await end();
    await receiver.close();
  });

  const spans = () => exporter.getFinishedSpans();
  const named = (name: string) => spans().filter((span) => span.name === name);
  const parentOf = (span: ReadableSpan | undefined) =>
    spans().find((other) => other.spanContext().spanId === span?.parentSpanContext?.spanId);
  const lineOf = (span: ReadableSpan | undefined): string[] =>
    span === undefined ? [] : [span.name, ...lineOf(parentOf(span))];
  async function until<T>(look: () => T | undefined): Promise<T> {
    for (let turn = 0; turn < 1000; turn++) {
      const found = look();
      if (found !== undefined) return found;
      await new Promise((resolve) => void setTimeout(resolve, 10));
    }
    throw new Error(`not found among: ${spans().map(({ name }) => name)}`);
  }

  it('a request is one trace: the call of the route, its transaction, the number that is lent', async () => {
    const given = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const made = await service.sessions<{ session_uuid: string }>(
      'POST',
      '/',
      { first_party: ASHA, second_party: RAVI, callback_url: `${receiver.url}/hook` },
      { headers: { traceparent: given } },
    );
    expect(made.status).toBe(201);

    const [lent] = named('number.allocate');
    expect(lineOf(lent)).toEqual([
      'number.allocate',
      'session.create',
      'database.transaction',
      'POST /v1/Account/:authId/Masking/Session',
    ]);
    expect(lent?.attributes).toEqual({ 'session.uuid': made.body.session_uuid });
    expect(lent?.spanContext().traceId).toBe('0af7651916cd43dd8448eb211c80319c');
    const request = named('POST /v1/Account/:authId/Masking/Session')[0];
    expect(request?.parentSpanContext?.spanId).toBe('b7ad6b7169203331');
    expect(request?.attributes).toMatchObject({
      'http.response.status_code': 201,
      'request.id': made.headers['x-request-id'],
    });
  });

  it('of requests whose transactions share a commit each stays in its own', async () => {
    const ids = Array.from({ length: 8 }, (_, place) => `0af7651916cd43dd8448eb211c80310${place}`);
    const made = await Promise.all(
      ids.map((id, place) =>
        service.sessions<{ session_uuid: string }>(
          'POST',
          '/',
          { first_party: ASHA, second_party: `+1415555020${place}` },
          { headers: { traceparent: `00-${id}-b7ad6b7169203331-01` } },
        ),
      ),
    );
    const opened = named('session.create').map((span) => [
      span.attributes['session.uuid'],
      span.spanContext().traceId,
      lineOf(span).at(-1),
    ]);
    for (const [place, { body }] of made.entries())
      expect(opened).toContainEqual([body.session_uuid, ids[place], 'POST /v1/Account/:authId/Masking/Session']);
  });

  it('a webhook and the callbacks that it causes are one trace, over the job that delivers them', async () => {
    receiver.replies.push(500);
    const made = await service.sessions<{ virtual_number: string }>('POST', '/', {
      first_party: ASHA,
      second_party: RAVI,
      callback_url: `${receiver.url}/hook`,
    });
    await plivo.talk(ASHA, `+${made.body.virtual_number.replace('+', '')}`, RAVI, 42);

    const whole = await until(() =>
      named('callback.deliver').find((span) => lineOf(span).includes('POST /plivo/:authId/answer')),
    );
    expect(lineOf(whole)).toEqual([
      'callback.deliver',
      'job callbacks.deliver',
      'database.transaction',
      'webhook.answer',
      'POST /plivo/:authId/answer',
    ]);
    expect(whole.spanContext().traceId).toBe(named('webhook.answer')[0]?.spanContext().traceId);
    expect(whole.attributes).toMatchObject({ 'callback.event': expect.any(String), 'http.response.status_code': 500 });
  });

  it('what fails is marked by its class, without its words', async () => {
    exporter.reset();
    const refused = await service.sessions('POST', '/', { first_party: 'nobody', second_party: RAVI });
    expect(refused.status).toBe(400);
    const failed = spans().filter(({ status }) => status.code === SpanStatusCode.ERROR);
    for (const { attributes, events } of failed) {
      expect(attributes['error.type']).toMatch(/^\w+$/);
      expect(events).toEqual([]);
    }
    expect(named('POST /v1/Account/:authId/Masking/Session')[0]?.status.code).toBe(SpanStatusCode.UNSET);
  });

  it('no step names a phone or where a callback goes', () => {
    const all = JSON.stringify(
      exporter.getFinishedSpans().map(({ name, attributes, status, events }) => ({ name, attributes, status, events })),
    );
    for (const secret of [ASHA, RAVI, receiver.url]) expect(all).not.toContain(secret.replace('+', ''));
  });
});

it('go to the collector that is named, and are dropped where it is away', async () => {
  const got: string[] = [];
  const collector = createServer((request: IncomingMessage, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => void chunks.push(chunk));
    request.on('end', () => {
      got.push(`${request.url} ${Buffer.concat(chunks).toString('utf8')}`);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(collector, 'listening');
  const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
  const { path, remove } = await temporaryFolder();
  const settings = { ...sharedSettings(`sqlite:${path}/masking.db`, path), OTEL_EXPORTER_OTLP_ENDPOINT: endpoint };

  const service = await startProcess({ ...settings, OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=trial' });
  await (await fetch(`${service.baseUrl}/v1/Account/${AUTH_ID}/Masking/Session/`)).text();
  expect(await service.stop()).toBe(0);
  const sent = got.join('\n');
  expect(sent).toMatch(/^\/v1\/traces \{"resourceSpans"/);
  expect(sent).toContain('GET /v1/Account/:authId/Masking/Session');
  for (const [key, value] of [
    ['service.name', 'masking'],
    ['deployment.environment.name', 'trial'],
  ])
    expect(sent).toContain(`{"key":"${key}","value":{"stringValue":"${value}"}}`);

  collector.close();
  collector.closeAllConnections();
  const alone = await startProcess({ ...settings, OTEL_EXPORTER_OTLP_TIMEOUT: '200' });
  const asked = await fetch(`${alone.baseUrl}/v1/Account/${AUTH_ID}/Masking/Session/`);
  expect(asked.status).toBe(401);
  await asked.text();
  expect(await alone.stop()).toBe(0);
  expect(alone.output()).toMatch(/traces\.not-sent/);
  await remove();
}, 60_000);
