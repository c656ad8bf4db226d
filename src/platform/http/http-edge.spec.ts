import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Body, Controller, Delete, Get, HttpCode, Module, Param, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DomainError, Unavailable } from '../errors.js';
import { createLogger } from '../logging/logger.js';
import { FormBody } from './body-parsers.js';
import { ErrorFilter } from './error-filter.js';
import { createHttpAdapter } from './http-edge.js';
import { stopAccepting } from './stop-accepting.js';

class Exhausted extends DomainError {
  readonly code = 'number_pool_exhausted';
  readonly kind = 'invalid';
}

@Controller('v1/Account/:authId/Masking/Session')
class SessionsStub {
  @Post() create(@Body() body: unknown): unknown {
    return { body };
  }
  @Get() list(): unknown {
    return { list: true };
  }
  @Get(':uuid') get(@Param('uuid') uuid: string): unknown {
    return { uuid };
  }
  @Post(':uuid') update(): unknown {
    throw new Exhausted('Number pool exhausted or not available', { extra: { numbers_needed: 3 } });
  }
  @Delete(':uuid') @HttpCode(200) end(@Param('uuid') uuid: string): unknown {
    return { ended: uuid };
  }
}

@Controller('admin')
class AdminStub {
  @Post('things') create(@Body() body: unknown): unknown {
    return { body };
  }
  @Post('numbers/import') import(@Body() body: unknown): unknown {
    return { text: body };
  }
  @Get('bug') bug(): unknown {
    throw new Error('SELECT secret FROM 14155550123');
  }
  @Get('outage') outage(): unknown {
    throw Object.assign(new Error('connect ECONNREFUSED 10.0.0.1'), { code: 'ECONNREFUSED', fatal: true });
  }
  @Get('busy') busy(): unknown {
    throw new Unavailable('try again', { retryAfterSeconds: 7 });
  }
}

@Controller()
class OthersStub {
  @Post('plivo/:id/answer') answer(@Body() body: unknown): unknown {
    return body instanceof FormBody ? { raw: body.raw, params: body.params } : { body };
  }
  @Get('livez') livez(): unknown {
    return { status: 'ok' };
  }
}

@Module({ controllers: [SessionsStub, AdminStub, OthersStub] })
class StubModule {}

const lines: Record<string, unknown>[] = [];
const log = createLogger(
  { level: 'debug', format: 'json' },
  { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
);
let app: NestFastifyApplication;
let base: string;

beforeAll(async () => {
  app = await NestFactory.create<NestFastifyApplication>(StubModule, createHttpAdapter(log), {
    bodyParser: false,
    logger: false,
  });
  app.useGlobalFilters(new ErrorFilter(log));
  await app.listen(0, '127.0.0.1');
  base = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
});
beforeEach(() => void lines.splice(0));
afterAll(async () => app.close());

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const SESSIONS = '/v1/Account/MAXXXXXXXXXXXXXXXXXX/Masking/Session';

interface Answered {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

async function ask(
  method: string,
  path: string,
  init: { body?: string; headers?: Record<string, string> } = {},
): Promise<Answered> {
  const response = await fetch(base + path, { method, ...init });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: JSON.parse(text) as Record<string, unknown> };
}

function post(path: string, body: string, type: string | null = 'application/json'): Promise<Answered> {
  return ask('POST', path, { body, headers: type === null ? {} : { 'content-type': type } });
}

/** Bytes as they are, for what no client library sends. */
async function raw(text: string): Promise<string> {
  const socket = connect(Number(new URL(base).port), '127.0.0.1');
  let answer = '';
  socket.on('data', (data: Buffer) => (answer += data.toString('latin1')));
  socket.on('error', () => undefined);
  socket.write(text);
  await once(socket, 'close');
  return answer;
}

function expectMaskingError(answer: Answered, status: number, error: string): void {
  expect({ status: answer.status, error: answer.body['error'] }).toEqual({ status, error });
  expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(answer.body['api_id']).toMatch(UUID);
  expect(answer.headers.get('x-request-id')).toBe(answer.body['api_id']);
}

function expectProblem(answer: Answered, status: number, code: string): void {
  expect(answer.body).toMatchObject({ type: 'about:blank', status, code });
  expect(answer.status).toBe(status);
  expect(typeof answer.body['detail']).toBe('string');
  expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  expect(answer.body['request_id']).toMatch(UUID);
  expect(answer.headers.get('x-request-id')).toBe(answer.body['request_id']);
}

describe('request ids', () => {
  it('keeps a UUID, in lower case', async () => {
    const id = randomUUID();
    const answer = await ask('GET', '/livez', { headers: { 'x-request-id': id.toUpperCase() } });
    expect(answer.headers.get('x-request-id')).toBe(id);
  });

  it.each(['', 'abc', '+14155550123', `${randomUUID()}0`])('replaces %j', async (given) => {
    const answer = await ask('GET', '/livez', { headers: { 'x-request-id': given } });
    expect(answer.headers.get('x-request-id')).toMatch(UUID);
    expect(answer.headers.get('x-request-id')).not.toBe(given);
  });
});

describe('spelling of URLs', () => {
  const uuid = randomUUID();

  it.each([
    `${SESSIONS}/${uuid}`,
    `${SESSIONS}/${uuid}/`,
    `${SESSIONS}//${uuid}/`,
    `${SESSIONS}//${uuid}`,
    `${SESSIONS}/${uuid}?`,
    `${SESSIONS}/${uuid}/?`,
    `${SESSIONS}/${uuid}/?limit=1`,
    `//v1//Account/MAXXXXXXXXXXXXXXXXXX/Masking/Session/${uuid}//`,
  ])('finds one session under %s', async (path) => {
    expect(await ask('GET', path)).toMatchObject({ status: 200, body: { uuid } });
  });

  it('takes webhook URLs to the letter', async () => {
    expect((await post('/plivo/MA/answer', 'a=1', 'application/x-www-form-urlencoded')).status).toBe(201);
    expectProblem(await post('/plivo//MA/answer', 'a=1', 'application/x-www-form-urlencoded'), 404, 'not_found');
    expectProblem(await post('/plivo/MA/answer/', 'a=1', 'application/x-www-form-urlencoded'), 404, 'not_found');
  });

  it.each(['%', '%zz', '%c0%af', '%ff'])('refuses the escape %s', async (escape) => {
    expectMaskingError(await ask('GET', `${SESSIONS}/a${escape}`), 400, 'malformed request');
    expectProblem(await ask('GET', `/admin/${escape}`), 400, 'bad_request');
  });

  it('refuses URLs of 10,000 characters', async () => {
    expectMaskingError(await ask('GET', `${SESSIONS}/${'a'.repeat(10_000)}`), 414, 'URL too long');
    expectMaskingError(await ask('GET', `/v1/${'a'.repeat(10_000)}`), 404, 'not found');
    expectProblem(await ask('GET', `/admin/${'a'.repeat(10_000)}`), 404, 'not_found');
    expect((await ask('GET', `${SESSIONS}?q=${'a'.repeat(10_000)}`)).status).toBe(200);
  });

  it('answers headers that are too large in the shape of the path', async () => {
    const masking = await raw(`GET ${SESSIONS} HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`);
    expect(masking).toMatch(/^HTTP\/1.1 431 /);
    const [id] = /(?<=X-Request-Id: )\S+/.exec(masking) ?? [];
    expect(JSON.parse(masking.split('\r\n\r\n')[1] ?? '')).toEqual({
      api_id: id,
      error: 'request headers too large',
      error_code: 'headers_too_large',
      doc_url: '/docs/errors#headers_too_large',
    });
    const admin = await raw(`GET /admin/${'a'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`);
    expect(admin).toMatch(/^HTTP\/1.1 431 /);
    expect(admin).toContain('application/problem+json');
  });

  it.each(['nonsense\r\n\r\n', 'GET / HTTP/9\r\n\r\n', '\0\r\n\r\n'])('answers %j with 400', async (text) => {
    const answer = await raw(text);
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
    expect(answer).toMatch(/X-Request-Id: [0-9a-f-]{36}\r\n/);
  });
});

describe('methods', () => {
  it.each(['PUT', 'PATCH', 'OPTIONS'])('answers %s with 405 and the methods that exist', async (method) => {
    const collection = await ask(method, SESSIONS);
    expectMaskingError(collection, 405, 'method not allowed');
    expect(collection.headers.get('allow')).toBe('GET, POST');
    const item = await ask(method, `${SESSIONS}/x/`);
    expectMaskingError(item, 405, 'method not allowed');
    expect(item.headers.get('allow')).toBe('DELETE, GET, POST');
  });

  it('answers a method that an operators’ path does not have with a problem', async () => {
    expectProblem(await ask('DELETE', '/admin/things'), 405, 'method_not_allowed');
  });

  it('answers unknown paths with 404', async () => {
    expectMaskingError(await ask('GET', '/v1/nothing'), 404, 'not found');
    expectMaskingError(await ask('GET', '/v1'), 404, 'not found');
    expectMaskingError(await post('/v1/nothing', '<xml/>', 'text/xml'), 404, 'not found');
    expectMaskingError(await post('/v1/nothing', '{', 'application/json'), 404, 'not found');
    expectProblem(await ask('GET', '/v1x'), 404, 'not_found');
    expectProblem(await ask('GET', '/nothing?number=14155550123'), 404, 'not_found');
  });
});

describe('JSON bodies', () => {
  it.each([
    ['{"a":1}', { a: 1 }],
    ['', {}],
    [' \n', {}],
    ['{}', {}],
    ['\uFEFF{"a":1}', { a: 1 }],
    ['{"constructor":"x"}', { constructor: 'x' }],
  ])('reads %j', async (text, body) => {
    expect(await post(SESSIONS, text)).toMatchObject({ status: 201, body: { body } });
  });

  it.each(
    [
      '{',
      '{"a":1,}',
      "{'a':1}",
      'null',
      '[]',
      '[{}]',
      '"text"',
      '12',
      'true',
      '{"__proto__":{"a":1}}',
      '{"a":{"__proto__":{"a":1}}}',
      '{"\\u005f_proto__":{"a":1}}',
      '{"constructor":{"prototype":{"a":1}}}',
      '{"a":NaN}',
      '{"a":"\u0001"}',
      '{"a":'.repeat(21) + '1' + '}'.repeat(21),
      '['.repeat(30_000),
      `{"a":${'['.repeat(30_000)}${']'.repeat(30_000)}}`,
    ].map((text) => [text.slice(0, 40), text]),
  )('refuses %j', async (_start, text) => {
    expectMaskingError(await post(SESSIONS, text), 400, 'Invalid JSON');
    expectProblem(await post('/admin/things', text), 400, 'invalid_json');
  });

  it('takes 20 levels and any number of brackets inside texts', async () => {
    expect((await post(SESSIONS, '{"a":'.repeat(20) + '1' + '}'.repeat(20))).status).toBe(201);
    expect((await post(SESSIONS, JSON.stringify({ a: '['.repeat(500), b: [[], [], {}] }))).status).toBe(201);
  });

  it('refuses a body without a type: browsers send one across sites without asking first', async () => {
    for (const path of [SESSIONS, '/admin/things']) {
      const answer = await raw(
        `POST ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 7\r\n\r\n{"a":1}`,
      );
      expect(answer).toMatch(/^HTTP\/1.1 415 /);
      expect(answer).toContain('"unsupported media type: send application/json"');
    }
  });

  it('takes a POST without a body as an empty object', async () => {
    expect(await ask('POST', SESSIONS)).toMatchObject({ status: 201, body: { body: {} } });
  });

  it.each([
    'text/plain',
    'application/xml',
    'application/x-www-form-urlencoded',
    'text/csv',
    'application/vnd.x+json',
    'rubbish',
    ';',
  ])('refuses the type %s', async (type) => {
    expectMaskingError(await post(SESSIONS, 'a=1', type), 415, 'unsupported media type: send application/json');
    expectProblem(await post('/admin/things', 'a=1', type), 415, 'unsupported_media_type');
  });

  it('takes parameters of the type', async () => {
    expect((await post(SESSIONS, '{"a":1}', 'application/json; charset=utf-8')).status).toBe(201);
    expect((await post(SESSIONS, '{"a":1}', 'Application/JSON')).status).toBe(201);
  });

  it.each([64 * 1024 + 1, 1024 * 1024, 8 * 1024 * 1024])(
    'refuses %d bytes with an answer that arrives',
    async (size) => {
      const body = JSON.stringify({ a: 'x'.repeat(size - 8) });
      for (let round = 0; round < 5; round += 1) {
        const sentence = 'request body too large: expected at most 65536 bytes';
        expectMaskingError(await post(SESSIONS, body), 413, sentence);
        expectProblem(await post('/admin/things', body), 413, 'body_too_large');
      }
    },
  );

  it('answers clients that send their whole body before they read', async () => {
    const socket = connect(Number(new URL(base).port), '127.0.0.1');
    const failures: Error[] = [];
    socket.on('error', (error) => failures.push(error));
    socket.pause();
    const size = 8 * 1024 * 1024;
    socket.write(
      `POST ${SESSIONS} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${size}\r\n\r\n`,
    );
    const isSent = new Promise<void>((resolve) => socket.once('drain', resolve).once('close', resolve));
    for (let sent = 0; sent < size; sent += 64 * 1024) socket.write(Buffer.alloc(64 * 1024, 'x'));
    await isSent;
    let answer = '';
    socket.on('data', (data: Buffer) => (answer += data.toString('latin1'))).resume();
    if (!socket.closed) await once(socket, 'close');
    expect(failures).toEqual([]);
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
  });

  it('takes 64 KiB', async () => {
    expect((await post(SESSIONS, JSON.stringify({ a: 'x'.repeat(64 * 1024 - 8) }))).status).toBe(201);
  });

  it.each(['{}', '""', '"x"', '{', 'null', '{"session_uuid":"x"}'])(
    'ignores the body %j of GET and DELETE',
    async (body) => {
      for (const method of ['GET', 'DELETE']) {
        const answer = await raw(
          `${method} ${SESSIONS}/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
        );
        expect(answer).toMatch(/^HTTP\/1.1 200 /);
      }
    },
  );

  it('ignores the type of a GET and a DELETE without a body', async () => {
    for (const method of ['GET', 'DELETE'])
      expect((await ask(method, `${SESSIONS}/x`, { headers: { 'content-type': 'application/json' } })).status).toBe(
        200,
      );
  });
});

describe('other bodies', () => {
  it('keeps a form as it came', async () => {
    const form = 'To=%2B14155550100&From=a+b&To=2&Empty=&Bad=%zz';
    expect(await post('/plivo/MA/answer', form, 'application/x-www-form-urlencoded')).toMatchObject({
      status: 201,
      body: {
        raw: form,
        params: [
          ['To', '+14155550100'],
          ['From', 'a b'],
          ['To', '2'],
          ['Empty', ''],
          ['Bad', '%zz'],
        ],
      },
    });
  });

  it('takes 1 MiB of CSV where numbers are imported, but not 3 MiB', async () => {
    const text = 'n'.repeat(1024 * 1024);
    expect((await post('/admin/numbers/import', `\uFEFF${text}`, 'text/csv')).body).toEqual({ text });
    expectProblem(await post('/admin/numbers/import', text.repeat(3), 'text/csv'), 413, 'body_too_large');
  });
});

describe('errors of routes', () => {
  it('puts the further keys of a refusal beside api_id and error', async () => {
    const answer = await post(`${SESSIONS}/x`, '{}');
    expectMaskingError(answer, 400, 'Number pool exhausted or not available');
    expect(answer.body).toMatchObject({ error_code: 'number_pool_exhausted', numbers_needed: 3 });
  });

  it('says nothing about a bug, and logs it whole with masked numbers', async () => {
    const answer = await ask('GET', '/admin/bug');
    expectProblem(answer, 500, 'internal_error');
    expect(JSON.stringify(answer.body)).not.toMatch(/SELECT|1415|\.ts/);
    const line = lines.find(({ msg }) => msg === 'http.failed');
    expect(line).toMatchObject({ level: 'error', req_id: answer.body['request_id'], route: '/admin/bug' });
    expect(JSON.stringify(line)).toContain('SELECT secret');
    expect(JSON.stringify(line)).not.toContain('14155550123');
  });

  it('answers 503 with Retry-After while the database is away', async () => {
    const answer = await ask('GET', '/admin/outage');
    expectProblem(answer, 503, 'unavailable');
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(JSON.stringify(answer.body)).not.toContain('ECONNREFUSED');
    expect((await ask('GET', '/admin/busy')).headers.get('retry-after')).toBe('7');
  });
});

describe('request lines', () => {
  it('name the route, never the URL', async () => {
    const answer = await ask('GET', `${SESSIONS}/14155550123?x=14155550123`);
    await ask('GET', '/livez');
    await ask('GET', '/+14155550123');
    const [first, probe, unknown] = lines.filter(({ msg }) => msg === 'http.request');
    expect(first).toMatchObject({
      level: 'info',
      method: 'GET',
      route: '/v1/Account/:authId/Masking/Session/:uuid',
      status: 200,
      req_id: answer.headers.get('x-request-id'),
    });
    expect(probe).toMatchObject({ level: 'debug', route: '/livez' });
    expect(unknown).toMatchObject({ level: 'info', route: null, status: 404 });
    expect(JSON.stringify(lines)).not.toContain('5550123');
  });

  it('are written for requests that no route sees', async () => {
    await ask('GET', `${SESSIONS}/%`);
    await raw('nonsense\r\n\r\n');
    expect(lines.filter(({ msg }) => msg === 'http.request').map(({ status }) => status)).toEqual([400, 400]);
  });
});

describe('closing', () => {
  /** A service with one slow route, and a connection to it on which nothing has been asked. */
  async function slowService() {
    let release = (): void => undefined;
    let arrived = (): void => undefined;
    const isRunning = new Promise<void>((resolve) => (arrived = resolve));
    const mayEnd = new Promise<void>((resolve) => (release = resolve));
    @Controller('v1')
    class SlowStub {
      @Get('slow') async slow(): Promise<unknown> {
        arrived();
        await mayEnd;
        return {};
      }
    }
    @Module({ controllers: [SlowStub] })
    class SlowModule {}
    const options = { bodyParser: false, logger: false } as const;
    const slow = await NestFactory.create<NestFastifyApplication>(SlowModule, createHttpAdapter(log), options);
    slow.useGlobalFilters(new ErrorFilter(log));
    await slow.listen(0, '127.0.0.1');

    const server = slow.getHttpServer() as Server;
    const { port } = server.address() as AddressInfo;
    const isAccepted = once(server, 'connection');
    const socket = connect(port, '127.0.0.1');
    await isAccepted;
    let text = '';
    socket.on('data', (data: Buffer) => (text += data.toString('latin1')));
    const ended = once(socket, 'close');
    const askSlowly = () => socket.write('GET /v1/slow HTTP/1.1\r\nHost: x\r\n\r\n');
    return { slow, server, port, askSlowly, isRunning, release: () => release(), ended, text: () => text };
  }

  it('answers what still comes on open connections with 503 in the shape of the path', async () => {
    const { slow, server, askSlowly, isRunning, release, ended, text } = await slowService();
    askSlowly();
    await isRunning;
    const secondArrived = once(server, 'request');
    const closing = slow.close();
    askSlowly();
    await secondArrived;
    release();
    await Promise.all([closing, ended]);

    const [first, second] = text().split(/(?=HTTP\/1\.1 )/);
    expect(first).toMatch(/^HTTP\/1.1 200 /);
    expect(second).toMatch(/^HTTP\/1.1 503 [^]*retry-after: 1[^]*"error":"shutting down, try again"/);
    expect(second).toMatch(/x-request-id: [0-9a-f-]{36}/);
  });

  it('after nobody more is accepted, serves who was, to the last answer', async () => {
    const { slow, server, port, askSlowly, isRunning, release, ended, text } = await slowService();
    const stopped = stopAccepting(server);
    askSlowly();
    await isRunning;
    const [refusal] = (await once(connect(port, '127.0.0.1'), 'error')) as [NodeJS.ErrnoException];
    await stopped;
    const closing = slow.close().then(() => 'closed');
    expect(await Promise.race([closing, new Promise((resolve) => setTimeout(resolve, 50, 'waiting'))])).toBe('waiting');
    release();
    await Promise.all([closing, ended]);

    expect(refusal.code).toBe('ECONNREFUSED');
    expect(text()).toMatch(/^HTTP\/1.1 200 /);
  });
});
