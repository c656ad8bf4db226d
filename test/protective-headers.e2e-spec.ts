import { mkdtempSync, rmSync, statSync, writeFileSync, chmodSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { migrate, openDatabase } from '../src/data-source.js';
import { describeOnEachService, type Service } from './support/service.js';

describeOnEachService('headers that protect', (start) => {
  let service: Service;
  beforeAll(async () => {
    service = await start({ settings: { ROLE: 'api' } });
  });

  const admin = () => ({ as: null, headers: { authorization: `Bearer ${service.adminToken}` } });

  it('are on every answer, of whatever status and shape', async () => {
    const answers = [
      await service.sessions('GET', '/'),
      await service.sessions('POST', '/', {}),
      await service.request('/v1/nowhere'),
      await service.request('/v1/%zz'),
      await service.request('/admin/accounts', admin()),
      await service.request('/admin/stats?format=csv', admin()),
      await service.request('/admin/accounts', { as: null }),
      await service.request('/livez', { as: null }),
      await service.request('/metrics', { as: null }),
      await service.request('/plivo/x/answer', { as: null, method: 'POST' }),
      await service.request('/docs', { as: null }),
      await service.request('/docs/swagger-ui-bundle.js', { as: null }),
      await service.request('/docs/errors', { as: null }),
      await service.request('/openapi.json', { as: null }),
      await service.request('/nowhere', { as: null }),
    ];
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 400, 401, 403, 404]));
    for (const { headers } of answers)
      expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' });
    expect(await service.raw('GET /v1/ nonsense\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 400 [^]*x-content-type-options: nosniff\r\n[^]*cache-control: no-store/i,
    );
  });

  it('keep what is of people, or opens something, out of caches', async () => {
    const account = `Account/${service.authId}`;
    const paths = ['/v1', '/v1/nowhere', `/v1/${account}`, `/v1/${account}//Number/`, `/%76%31/${account}/Number`];
    for (const path of paths) expect((await service.request(path)).headers['cache-control']).toBe('no-store');
    for (const path of ['/admin/accounts', '/%61dmin/accounts', '/admin/stats?format=csv', '/admin/nowhere', '/admin'])
      expect((await service.request(path, admin())).headers['cache-control']).toBe('no-store');
  });

  it('let the pages load nothing but files of ours, run no text of their own, and stand in no frame', async () => {
    for (const path of ['/docs', '/docs/', '/docs/errors']) {
      const { headers, text } = await service.request(path, { as: null });
      const policy = String(headers['content-security-policy']);
      expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self'; /);
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain('unsafe');
      expect(text).not.toMatch(/<script(?![^>]* src=)|<style| style=| on[a-z]+=/);
    }
  });
});

describe('files of the data folder', () => {
  it("are their owner's alone, also those that an earlier version left open", async () => {
    const folder = mkdtempSync(join(tmpdir(), 'masking-modes-'));
    const file = join(folder, 'masking.db');
    const umask = process.umask(0o022);
    try {
      writeFileSync(file, '');
      chmodSync(file, 0o644);
      const dataSource = await openDatabase({ kind: 'sqlite', file });
      await migrate(dataSource);
      const modes = readdirSync(folder).map(
        (name) => `${name} ${(statSync(join(folder, name)).mode & 0o777).toString(8)}`,
      );
      expect(modes.sort()).toEqual(['masking.db 600', 'masking.db-shm 600', 'masking.db-wal 600']);
      await dataSource.destroy();
    } finally {
      process.umask(umask);
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
