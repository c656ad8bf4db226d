import { afterEach, expect, it } from '@jest/globals';
import { fastify, type FastifyInstance } from 'fastify';
import type { Log } from '../platform/logging/logger.js';
import { csvOf } from './csv.js';

const LOG = { error: () => undefined } as unknown as Log;

let instance: FastifyInstance;
let read = 0;

afterEach(() => instance.close());

/** A route that tells five pages of one row each. */
function served(hook: (request: Parameters<typeof csvOf>[1]) => void = () => undefined): void {
  read = 0;
  instance = fastify();
  async function* pages() {
    for (; read < 5;) {
      read += 1;
      yield [{ row: read }];
    }
  }
  instance.get('/', (request, reply) => {
    hook(request);
    return csvOf({ columns: ['row'], pages: pages() }, request, reply, LOG);
  });
}

it('tells all pages', async () => {
  served();
  expect((await instance.inject('/')).body).toBe('row\r\n1\r\n2\r\n3\r\n4\r\n5\r\n');
});

it('reads no more for a HEAD than it takes to say that it can be told', async () => {
  served();
  const { statusCode, headers, body } = await instance.inject({ method: 'HEAD', url: '/' });
  expect([statusCode, headers['content-type'], body]).toEqual([200, 'text/csv; charset=utf-8', '']);
  for (let turn = 0; turn < 100; turn += 1) await new Promise(setImmediate);
  expect(read).toBe(2);
});

it('cuts the connection of who would no longer be let in', async () => {
  served((request) => {
    request.whileIn = async function* (all) {
      for await (const page of all) {
        if (read > 3) throw new Error('no longer in');
        yield page;
      }
    };
  });
  await expect(instance.inject('/')).rejects.toThrow();
  expect(read).toBe(4);
});
