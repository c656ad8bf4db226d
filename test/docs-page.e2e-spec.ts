import { beforeAll, expect, it } from '@jest/globals';
import request from 'supertest';
import { describeOnEachService, type Service } from './support/service.js';

/** The page comes out of packages, by way of a file server whose own parts we pin (package.json, `overrides`). */
describeOnEachService('the API documentation', (start) => {
  let service: Service;
  beforeAll(async () => {
    service = await start();
  });

  it('is a page', async () => {
    const { text } = await request(service.baseUrl)
      .get('/docs')
      .expect(200)
      .expect('content-type', /^text\/html/);
    expect(text).toContain('swagger-ui');
  });

  it('needs no other host', async () => {
    const { text } = await request(service.baseUrl).get('/docs');
    const files = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file = '']) => file);
    expect(files.length).toBeGreaterThan(3);
    const answers = await Promise.all(
      files.map(async (file) => {
        const { origin, pathname } = new URL(file, `${service.baseUrl}/docs`);
        return { file, origin, status: (await request(service.baseUrl).get(pathname)).status };
      }),
    );
    expect(answers).toEqual(files.map((file) => ({ file, origin: service.baseUrl, status: 200 })));
  });

  it('has a file for each official SDK, as text, and shows nothing else of its folder', async () => {
    const { text } = await request(service.baseUrl)
      .get('/docs/sdk/')
      .expect(200)
      .expect('content-type', /^text\/plain/);
    const files = text.trim().split('\n');
    expect(files).toHaveLength(7);
    for (const file of files) {
      const answer = await request(service.baseUrl)
        .get(file)
        .expect(200)
        .expect('content-type', /^text\/plain/);
      expect(answer.text).toContain('PLIVO_API_URL');
    }
    for (const name of ['..%2f..%2fpackage.json', '%2e%2e/testing.md', 'nothing.py'])
      expect([403, 404]).toContain((await request(service.baseUrl).get(`/docs/sdk/${name}`)).status);
  });

  it('describes what is answered', async () => {
    const { body } = await request(service.baseUrl).get('/openapi.json').expect(200);
    expect(body.openapi).toMatch(/^3\.1/);
    expect(Object.keys(body.paths)).toContain('/v1/Account/{authId}/Masking/Session');
    const { responses } = body.paths['/v1/Account/{authId}/Masking/Session'].post;
    expect(Object.keys(responses)).toEqual(expect.arrayContaining(['201', '400']));
    for (const code of ['number_pool_exhausted', 'pin_taken', 'open_session_per_number'])
      expect(responses['400'].description).toContain(code);
  });
});
