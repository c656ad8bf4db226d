import type { FastifyInstance } from 'fastify';
import type { Draining } from './draining.js';

/** Clients and proxies that keep their connections take the next request elsewhere. */
export function closeWhileDraining(instance: FastifyInstance, draining: Draining): void {
  instance.addHook('onRequest', async (_request, reply) => {
    if (draining.isDraining) reply.header('connection', 'close');
  });
}
