import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import openapiTS, { astToString } from 'openapi-typescript';
import { describeOnEachService, type Service } from './support/service.js';

const ROOT = new URL('..', import.meta.url).pathname;
const TOUR = join(ROOT, 'docs/examples/openapi-client.mts');
const WRONG = `import { client } from './tour.mjs';
const api = client({ baseUrl: '', authorization: '' });
await api('get', '/admin/stats', { query: { group_by: ['moon'] } });
await api('post', '/admin/operators', { body: { name: 'x' } });
await api('get', '/admin/calls/{id}', {});
const { body } = await api('get', '/admin/pool', {});
console.log(body.nothing);`;
const COMPILER = [
  join(ROOT, 'node_modules/typescript/bin/tsc'),
  '--strict --target es2023 --module nodenext --skipLibCheck --types node --typeRoots'.split(' '),
  join(ROOT, 'node_modules/@types'),
].flat();

/** What a stranger does: makes types from the document, writes against them, and runs that. */
describeOnEachService('a client made from the OpenAPI document', (start) => {
  let service: Service;
  let complaints: string[];
  const folder = mkdtempSync(join(tmpdir(), 'masking-client-'));

  beforeAll(async () => {
    service = await start({ settings: { ROLE: 'api' } });
    await service.addNumbers(['14155550100', '14155550101']);
    const { body } = await service.request('/openapi.json', { as: null });
    writeFileSync(join(folder, 'masking.d.ts'), astToString(await openapiTS(body as never)));
    cpSync(TOUR, join(folder, 'tour.mts'));
    writeFileSync(join(folder, 'wrong.mts'), WRONG);
    const { stdout } = spawnSync(process.execPath, [...COMPILER, 'tour.mts', 'wrong.mts'], {
      cwd: folder,
      encoding: 'utf8',
    });
    complaints = stdout.split('\n').filter((line) => line.includes('error TS'));
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('type-checks, and does a tour of the API', async () => {
    expect(complaints.filter((line) => !line.startsWith('wrong.mts('))).toEqual([]);
    const { tour } = (await import(pathToFileURL(join(folder, 'tour.mjs')).href)) as {
      tour: (at: object) => Promise<string[]>;
    };
    const { baseUrl, authId, authToken, adminToken } = service;
    expect(await tour({ baseUrl, authId, authToken, adminToken })).toEqual([
      'created 14155550100 active',
      'listed 1',
      'got +14155550123',
      'updated 7200',
      'deleted Session expired',
      'refused not_found',
      'admin sessions 1',
      'pool 2',
      'stats 1',
      'calls 0',
      'operator viewer',
      'replayed 0',
    ]);
  });

  it('is told by the compiler what the API does not have', () => {
    const lines = complaints.flatMap((line) => /^wrong\.mts\((\d+)/.exec(line)?.[1] ?? []);
    expect(lines).toEqual(['3', '4', '5', '7']);
  });
});
