import type { FastifyInstance } from 'fastify';
import { PROBES } from './http-edge.js';
import { OtherRole } from './http.errors.js';

/** What a process with ROLE=worker serves. `others` are beginnings of paths that it needs for itself. */
export function serveProbesOnly(instance: FastifyInstance, others: readonly string[]): void {
  instance.addHook('onRequest', async (request) => {
    const isServed = PROBES.has(request.routeOptions.url ?? '') || others.some((path) => request.url.startsWith(path));
    if (!isServed) throw new OtherRole();
  });
}
