import { once } from 'node:events';
import { connect } from 'node:net';
import { beforeAll, expect, it } from '@jest/globals';
import { ELSEWHERE, fromElsewhere } from './support/elsewhere.js';
import { basic, describeOnEachService, SESSIONS, type Service } from './support/service.js';

const NOBODY = '0e9b8f6a-2f0d-4c1e-8a57-5a4c3b2d1e0f';
const FORM = 'application/x-www-form-urlencoded';
const SIGNED = 'X-Plivo-Signature-V3: AAAA\r\nX-Plivo-Signature-V3-Nonce: 1\r\n';

describeOnEachService('credentials before bodies', (start) => {
  let service: Service;

  beforeAll(async () => {
    service = await start({ settings: { ROLE: 'api', PROVIDER: 'simulator', ...ELSEWHERE } });
  });

  /** What is answered to a head whose body never comes. */
  async function answerToHead(method: string, path: string, headers: string): Promise<string> {
    const socket = connect(Number(new URL(service.baseUrl).port), '127.0.0.1');
    let answer = '';
    socket.on('data', (data: Buffer) => (answer += data.toString('latin1')));
    socket.on('error', () => undefined);
    socket.write(
      `${method} ${path} HTTP/1.1\r\nHost: ${new URL(service.baseUrl).host}\r\nX-Forwarded-For: ${fromElsewhere()['x-forwarded-for']}\r\n${headers}\r\n{`,
    );
    await once(socket, 'end');
    socket.destroy();
    return answer;
  }
  const withLength = (type: string | null, length: number): string =>
    `${type === null ? '' : `Content-Type: ${type}\r\n`}Content-Length: ${length}\r\n`;
  const asAdmin = (): string => `Authorization: Bearer ${service.adminToken}\r\n`;
  const asAccount = (): string => `Authorization: ${basic(service)}\r\n`;

  it('refuses who shows none or wrong ones on every route that takes a body, without the body', async () => {
    const families: [RegExp, string[], number][] = [
      [/^\/v1\//, ['', `Authorization: ${basic({ authId: 'MAXXXXXXXXXXXXXXXXXX', authToken: 'x' })}\r\n`], 401],
      [/^\/admin\//, ['', 'Authorization: Bearer nobodys\r\n'], 401],
      [/^\/plivo\//, ['', 'X-Plivo-Signature-V3: AAAA\r\n'], 403],
    ];
    const met = new Set<number>();
    for (const { method, url } of service.routes.filter((route) => ['POST', 'PUT', 'PATCH'].includes(route.method))) {
      const index = families.findIndex(([family]) => family.test(url));
      const family = families[index];
      // Whoever logs in shows his token in the body.
      if (family === undefined || url === '/admin/login') continue;
      met.add(index);
      const path = url.replace(/:(\w+)/g, (_, name: string) => (name === 'authId' ? service.authId : NOBODY));
      const type = url.endsWith('/import') ? 'text/csv' : url.startsWith('/plivo') ? FORM : 'application/json';
      for (const headers of family[1]) {
        for (const length of [10, 2_000_000]) {
          const answer = await answerToHead(method, path, headers + withLength(type, length));
          expect({ method, url, answer }).toEqual({ method, url, answer: expect.stringMatching(/^HTTP\/1.1 40[13] /) });
          expect(answer).toContain(` ${family[2]} `);
          expect(answer).toMatch(/\r\nconnection: close\r\n/i);
        }
      }
    }
    expect(met.size).toBe(3);
  });

  it('refuses webhooks of unknown accounts without the body', async () => {
    const path = '/plivo/MAXXXXXXXXXXXXXXXXXX/answer';
    expect(await answerToHead('POST', path, SIGNED + withLength(FORM, 10))).toMatch(/^HTTP\/1.1 403 /);
  });

  it.each([
    ['POST', SESSIONS, 'application/json', 65_537],
    ['POST', '/admin/numbers', 'application/json', 65_537],
    ['POST', '/admin/numbers/import', 'text/csv', 2_097_153],
  ])('refuses %s %s of too many bytes by their number', async (method, path, type, length) => {
    const headers = (path.startsWith('/v1') ? asAccount() : asAdmin()) + withLength(type, length);
    expect(await answerToHead(method, path, headers)).toMatch(/^HTTP\/1.1 413 /);
  });

  it('reads 16 KiB of a webhook and no more', async () => {
    const path = `/plivo/${service.authId}/answer`;
    expect(await answerToHead('POST', path, SIGNED + withLength(FORM, 16 * 1024 + 1))).toMatch(/^HTTP\/1.1 413 /);
    const long = await service.webhook('/hangup', { CallUUID: NOBODY, Extra: 'x'.repeat(16_000) });
    expect(long.status).not.toBe(413);
  });

  it.each([
    ['POST', SESSIONS, '"api_id"'],
    ['POST', '/admin/numbers', '"request_id"'],
    ['POST', '/admin/numbers/import', '"request_id"'],
    ['POST', '/simulator/control/calls', '"request_id"'],
  ])('refuses a body without a type at %s %s in the shape of the path', async (method, path, shape) => {
    const credentials = path.startsWith('/v1') ? asAccount() : asAdmin();
    const answer = await answerToHead(method, path, credentials + withLength(null, 10));
    expect(answer).toMatch(/^HTTP\/1.1 415 /);
    expect(answer).toContain(shape);
  });

  it('answers paths that do not exist, and methods that they do not have, without the body', async () => {
    expect(await answerToHead('POST', '/v1/nothing', withLength(null, 10))).toMatch(/^HTTP\/1.1 404 [^]*"api_id"/);
    expect(await answerToHead('POST', '/nothing', withLength(null, 10))).toMatch(/^HTTP\/1.1 404 [^]*"request_id"/);
    expect(await answerToHead('PUT', SESSIONS, withLength(null, 10))).toMatch(/^HTTP\/1.1 405 [^]*"api_id"/);
  });

  it('takes what follows a refused body for no request', async () => {
    const next = `POST ${SESSIONS} HTTP/1.1\r\nHost: x\r\n${asAccount()}Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}`;
    const bytes = `POST ${SESSIONS} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}${next}`;
    expect((await service.raw(bytes)).match(/HTTP\/1\.1 /g)).toHaveLength(1);
  });
});
