import type { FastifyRequest } from 'fastify';
import { Unauthenticated } from './accounts.errors.js';

/** Whose credentials a request carries, and how far they reach. */
export interface Principal {
  accountId: string;
  /** Set: only what belongs to this subaccount. */
  subaccountId: string | null;
  /** Id of the token that opened the door. */
  credentialId: string;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by AccountGuard. */
    principal?: Principal;
  }
}

/** The principal that AccountGuard has set; a route without the guard is closed. */
export function principalOf(request: FastifyRequest): Principal {
  if (!request.principal) throw Unauthenticated.missing();
  return request.principal;
}
