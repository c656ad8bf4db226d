import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Failure } from './failure.js';
import { Service } from './service.js';

type Reply = (request: IncomingMessage, response: ServerResponse) => void;

describe('a service that misbehaves', () => {
  let reply: Reply;
  const asked: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    asked.push(request);
    request.resume();
    reply(request, response);
  });
  let service: Service;

  beforeAll(async () => {
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    service = new Service({ url, token: 'canary-token', isEncrypted: true }, new AbortController().signal);
  });
  afterAll(() => void server.close());

  const failureOf = async (answer: Reply): Promise<Failure> => {
    reply = answer;
    const error = await service.get('/admin/sessions', { party: '+14155550123' }).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(Failure);
    const failure = error as Failure;
    expect(failure.message).toContain('/admin/sessions');
    expect(failure.message).not.toMatch(/canary-token|4155550123|\p{Cc}/u);
    return failure;
  };
  const answer =
    (status: number, body: string, headers: Record<string, string> = {}): Reply =>
    (_request, response) =>
      void response.writeHead(status, headers).end(body);

  it.each([
    ['a page', answer(200, '<html>', { 'content-type': 'text/html' }), 1, 'text/html'],
    ['a page of a proxy', answer(502, '<html>', { 'content-type': 'text/html' }), 4, '502'],
    ['a way elsewhere', answer(302, '', { location: 'http://127.0.0.1:9/' }), 1, 'leads elsewhere'],
    ['a refusal that rings', answer(400, '{"code":"a\\u001b[2J","detail":"\\u0007\\u009b31m"}'), 1, '400'],
    ['a refusal of another shape', answer(400, '{"error":7}'), 1, '400'],
    ['that it is not ready', answer(503, '{"code":"closing","detail":"closing"}'), 4, 'closing'],
    [
      'half an answer',
      (_request, response) =>
        void response.writeHead(200, { 'content-length': '100' }).write('{', () => response.destroy()),
      4,
      'not reached',
    ],
    ['nothing', (request) => void request.socket.destroy(), 4, 'not reached'],
    ['no list', answer(200, '{"items":7}', { 'content-type': 'application/json' }), 1, ''],
  ])('answers %s: a failure with its exit code', async (name, how, code, words) => {
    if (name === 'no list') {
      reply = how;
      await expect(service.list('/admin/sessions', {}, {})).rejects.toMatchObject({ exitCode: code });
      return;
    }
    const failure = await failureOf(how);
    expect(failure.exitCode).toBe(code);
    expect(failure.message).toContain(words);
  });

  it('is not followed to another place with the token', async () => {
    asked.splice(0);
    await failureOf(answer(307, '', { location: '/elsewhere' }));
    expect(asked).toHaveLength(1);
  });
});
