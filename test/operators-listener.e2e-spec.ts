import { createServer } from 'node:http';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { request } from 'undici';
import { freePort, sharedSettings, startProcess, temporaryFolder } from './support/process.js';
import { startService, type Service } from './support/service.js';

const PAGE = { accept: 'text/html' };

describe('a listener of operators’ own', () => {
  let service: Service;
  let operators: string;

  beforeAll(async () => {
    const port = await freePort();
    operators = `http://127.0.0.1:${port}`;
    service = await startService({
      url: 'sqlite::memory:',
      settings: { OPERATORS_PORT: String(port), PROVIDER: 'simulator' },
    });
  });
  afterAll(() => service.close());

  const ask = async (base: string, path: string, headers: Record<string, string> = {}) => {
    const answer = await request(base + path, { headers });
    return { status: answer.statusCode, text: await answer.body.text() };
  };
  const bearer = () => ({ authorization: `Bearer ${service.adminToken}` });

  it('answers every route of theirs there, and on the other none', async () => {
    const theirs = service.routes.filter(
      ({ method, url }) =>
        method === 'GET' &&
        !url.includes(':') &&
        !url.includes('*') &&
        /^\/(?:admin|console|metrics|openapi)/.test(url),
    );
    expect(theirs.length).toBeGreaterThan(20);
    for (const { url } of [...theirs, { url: '/docs' }, { url: '/docs/' }]) {
      if (url === '/admin/events') continue;
      const other = await ask(service.baseUrl, url, { ...bearer(), ...PAGE });
      expect([url, other.status]).toEqual([url, 404]);
      const own = await ask(operators, url, { ...bearer(), ...PAGE });
      expect([url, own.status]).not.toEqual([url, 404]);
    }
  });

  it.each([
    '//admin/me',
    '/%61dmin/me',
    '/admin%2fme',
    '/admin/../admin/me',
    '/v1/../admin/me',
    '/admin/me/',
    '/Admin/me',
  ])('lets nobody in by %s on the other', async (path) => {
    const head = `GET ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${service.adminToken}\r\nconnection: close`;
    const text = await service.raw(`${head}\r\n\r\n`);
    expect(text).toMatch(/^HTTP\/1\.1 (?:404|400|405) /);
  });

  it('answers everybody’s paths on both: probes, the masking API, pages, where errors lead', async () => {
    for (const base of [service.baseUrl, operators]) {
      for (const path of ['/livez', '/readyz', '/docs/errors', '/docs/sdk/'])
        expect([base, path, (await ask(base, path)).status]).toEqual([base, path, 200]);
      expect((await ask(base, `/v1/Account/${service.authId}/Masking/Session/`)).status).toBe(401);
      expect((await ask(base, '/', PAGE)).status).toBe(200);
    }
  });

  it('leads from the first page only where the way goes', async () => {
    const [other, own] = [await ask(service.baseUrl, '/', PAGE), await ask(operators, '/', PAGE)];
    expect(other.text).toContain('&quot;hasOperators&quot;:false');
    expect(own.text).toContain('&quot;hasOperators&quot;:true');
  });
});

it('a process tells where its operators are served, and ends both listeners; a port that is taken ends the start', async () => {
  const { path, remove } = await temporaryFolder();
  const port = await freePort();
  const settings = { ...sharedSettings(`sqlite:${path}/masking.db`, path), OPERATORS_PORT: String(port) };
  const metrics = async () => {
    const answer = await request(`http://127.0.0.1:${port}/metrics`);
    await answer.body.dump();
    return answer.statusCode;
  };
  const service = await startProcess(settings);
  expect(service.output()).toContain(`Console      http://127.0.0.1:${port}/console`);
  expect(await metrics()).toBe(200);
  expect(await service.stop()).toBe(0);
  await expect(metrics()).rejects.toThrow('ECONNREFUSED');

  const holder = createServer().listen(port, '127.0.0.1');
  await once(holder, 'listening');
  await expect(startProcess(settings)).rejects.toThrow(/EADDRINUSE/);
  holder.close();
  await remove();
}, 60_000);
