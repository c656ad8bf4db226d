import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { carriesBody } from './body-parsers.js';

interface Door {
  /** Throws what the request is to be refused with. Sees the head alone, and may set headers of the answer. */
  admit(request: FastifyRequest, reply: FastifyReply): unknown;
}

/**
 * Asks for credentials before a body is read, by the beginning of the route's path: bodies cost memory, and guards run when they are there. The
 * guards are asked all the same, so a route whose family has no door here is not open.
 */
export function admitFirst(instance: FastifyInstance, doors: Record<string, Door>): void {
  instance.addHook('onRequest', async (request, reply) => {
    if (!carriesBody(request)) return;
    const path = request.routeOptions.url ?? '';
    const family = Object.keys(doors).find((beginning) => path.startsWith(beginning));
    if (family !== undefined) await doors[family]?.admit(request, reply);
  });
}
