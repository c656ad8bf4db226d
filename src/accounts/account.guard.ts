import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Database } from '../platform/database/database.js';
import { NotFound } from '../platform/errors.js';
import { WrongCredentials } from '../platform/http/wrong-credentials.js';
import { Unauthenticated } from './accounts.errors.js';
import { hasSubaccount } from './accounts.js';
import { Authenticate, type Owner, type Principal } from './authenticate.js';
import { RateLimit } from './rate-limit.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by AccountGuard. */
    principal?: Principal;
  }
}

/** A customer's credentials are far below this; what is longer is not hashed. */
const MAX_HEADER_LENGTH = 1024;

/**
 * Opens `/v1/Account/:authId/...` to that account, that subaccount, and the account that owns that subaccount; valid credentials on any
 * other path see what they would see if it did not exist.
 */
@Injectable()
export class AccountGuard implements CanActivate {
  constructor(
    private readonly authenticate: Authenticate,
    private readonly database: Database,
    private readonly wrongCredentials: WrongCredentials,
    private readonly rateLimit: RateLimit,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    await this.admit(http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
    return true;
  }

  /** Reads nothing but the head, so it may be asked before the body is there; who was let in then is not asked again. */
  async admit(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    if (request.principal) return;
    const { authorization } = request.headers;
    if (authorization === undefined || authorization === '') throw Unauthenticated.missing();

    const given = readBasic(authorization);
    const principal = given && (await this.authenticate.run(given.user, given.password));
    if (!principal) {
      await this.wrongCredentials.note(request, 'masking');
      throw Unauthenticated.wrong();
    }

    this.rateLimit.take(principal.accountId, reply);
    request.principal = await this.scoped(principal, (request.params as { authId: string }).authId);
  }

  private async scoped(principal: Principal, pathOwner: string): Promise<Principal> {
    if (pathOwner === (principal.subaccountId ?? principal.accountId)) return principal;
    const isOwnSubaccount =
      principal.subaccountId === null &&
      (await this.database.read((manager) => hasSubaccount(manager, principal.accountId, pathOwner)));
    if (!isOwnSubaccount) throw new NotFound();
    return { ...principal, subaccountId: pathOwner };
  }
}

/** The principal that AccountGuard has set; a route without the guard is closed. */
export function principalOf(request: FastifyRequest): Principal {
  if (!request.principal) throw Unauthenticated.missing();
  return request.principal;
}

/** Whose things a list shows whose filter names a subaccount; a subaccount that asks for another's is shown nothing. */
export function narrowed(principal: Principal, subaccount: string | undefined): Owner | null {
  const { accountId, subaccountId } = principal;
  if (subaccount === undefined || subaccount === subaccountId) return { accountId, subaccountId };
  return subaccountId === null ? { accountId, subaccountId: subaccount } : null;
}

function readBasic(header: string): { user: string; password: string } | null {
  if (header.length > MAX_HEADER_LENGTH) return null;
  const [, encoded] = /^basic +([A-Za-z0-9+/_-]+={0,2}) *$/i.exec(header) ?? [];
  if (encoded === undefined) return null;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? null : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}
