import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ErrorAnswer } from './error-answer.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set when the answer is that of an earlier request with the same Idempotency-Key. */
    replayed: { requestId: string | null } | null;
  }
}

/** A stored answer that was a refusal: the filter sends it as it was. */
export class ReplayedRefusal extends Error {
  constructor(readonly answer: ErrorAnswer) {
    super('an earlier request with this Idempotency-Key was refused');
  }
}

/** The first request's id stands in its body, which is repeated byte for byte; the header follows it, because the two are promised to be equal. */
export function markReplay(request: FastifyRequest, reply: FastifyReply): void {
  if (!request.replayed) return;
  reply.header('idempotency-replayed', 'true');
  if (request.replayed.requestId !== null) reply.header('x-request-id', request.replayed.requestId);
}

/** Id of the request that a stored body answered. */
export function requestIdIn(body: unknown): string | null {
  if (typeof body !== 'object' || body === null) return null;
  const { api_id: apiId, request_id: requestId } = body as { api_id?: unknown; request_id?: unknown };
  const id = apiId ?? requestId;
  return typeof id === 'string' ? id : null;
}
